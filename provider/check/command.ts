#!/usr/bin/env node
/** The command cwp-check. */
import { type CheckedAccount, checkAccount } from "./account";
import { type CommandLine, readCommandLine, UsageError } from "./commandLine";
import { help } from "./help";
import { unusable } from "./report";
import { StackError } from "./stackConfig";
import { tableOf } from "./table";

async function run(): Promise<number> {
  const line = readCommandLine(process.argv.slice(2));
  if (line.does === "help") {
    process.stdout.write(help);
    return 0;
  }
  if (line.does === "observe") {
    const { refuseToObserve, watchAccount } = await import("./observeCommand");
    refuseToObserve(line);
    const checked = await check(line);
    return checked.report.actions["cwp:SyncMachines"].allowed === false || !checked.asked
      ? 1
      : watchAccount(line, checked.report, checked.asked);
  }
  return (await check(line)).report.ok ? 0 : 1;
}

/** Checks the account and prints the report. */
async function check(line: Exclude<CommandLine, { does: "help" }>): Promise<CheckedAccount> {
  const json = line.does === "check" && line.json;
  const checked = await checkAccount(line.source).catch((error: unknown) => {
    if (!(error instanceof StackError)) {
      throw error;
    }
    return { report: unusable({ code: "InvalidSettings" }), failures: [error.message], warnings: [] };
  });
  const { report, failures, warnings } = checked;
  process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : tableOf(report));
  const sentences = [...warnings.map((one) => `warning: ${one}`), ...failures];
  (json ? process.stderr : process.stdout).write(sentences.map((one) => `\n${one}\n`).join(""));
  return checked;
}

run().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`cwp-check: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  },
);
