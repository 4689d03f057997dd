import { type CheckedAccount, checkAccount } from "./account";
import { type CommandLine, readCommandLine, UsageError } from "./commandLine";
import { help } from "./help";
import { unusable } from "./report";
import { StackError } from "./stackConfig";
import { tableOf } from "./table";

/** The streams that the command prints to. */
export interface Output {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Runs the command cwp-check with these arguments. Resolves with its exit code. */
export async function cwpCheck(args: readonly string[], output: Output): Promise<number> {
  try {
    return await run(readCommandLine(args), output);
  } catch (error) {
    output.stderr.write(`cwp-check: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function run(line: CommandLine, output: Output): Promise<number> {
  if (line.does === "help") {
    output.stdout.write(help);
    return 0;
  }
  if (line.does === "observe") {
    const { refuseToObserve, watchAccount } = await import("./observeCommand");
    refuseToObserve(line);
    const checked = await check(line, output);
    return checked.report.actions["cwp:SyncMachines"].allowed === false || !checked.asked
      ? 1
      : watchAccount(line, checked.report, checked.asked);
  }
  return (await check(line, output)).report.ok ? 0 : 1;
}

/** Checks the account and prints the report. */
async function check(
  line: Exclude<CommandLine, { does: "help" }>,
  { stdout, stderr }: Output,
): Promise<CheckedAccount> {
  const json = line.does === "check" && line.json;
  const checked = await checkAccount(line.source).catch((error: unknown) => {
    if (!(error instanceof StackError)) {
      throw error;
    }
    return { report: unusable({ code: "InvalidSettings" }), failures: [error.message], warnings: [] };
  });
  const { report, failures, warnings } = checked;
  stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : tableOf(report));
  const sentences = [...warnings.map((one) => `warning: ${one}`), ...failures];
  (json ? stderr : stdout).write(sentences.map((one) => `\n${one}\n`).join(""));
  return checked;
}
