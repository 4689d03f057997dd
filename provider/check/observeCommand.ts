/** `cwp-check --observe FILE`, at a terminal or without one. */
import { accessSync, constants, existsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Connection } from "../api/connection";
import type { RenewedCredentials } from "../api/renewedCredentials";
import { pathOfPage } from "../machineSync/headings";
import { systemClock } from "../wait/stream/clock";
import { isAgreed } from "./agreement";
import { type CommandLine, UsageError } from "./commandLine";
import { askBy } from "./connections";
import { judge } from "./judge";
import { observe } from "./observe";
import { earlyEnd, progress, question, verdicts } from "./outcome";
import { packageId } from "./packageId";
import { type ObservationRecord, recordText } from "./record";
import type { Report } from "./report";

type Line = Extract<CommandLine, { does: "observe" }>;

/** Refuses a command line that cannot work, before a request. Throws UsageError. */
export function refuseToObserve({ file, yes }: Line): void {
  if (!yes && !process.stdin.isTTY) {
    throw new UsageError(
      "--observe starts machine syncs, and there is no terminal to ask at: add --yes if that is right.",
    );
  }
  if (existsSync(file)) {
    throw new UsageError(`${file} exists already: name another file.`);
  }
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch {
    throw new UsageError(`${file} cannot be written: name a file in a folder that exists and is yours.`);
  }
}

/** Watches the account, writes the record, and prints its verdicts. Resolves with the exit code. */
export async function watchAccount(
  { file, timeoutMs, yes }: Line,
  { account }: Report,
  { connection, credentials }: { connection: Connection; credentials: RenewedCredentials },
): Promise<number> {
  if (
    !yes &&
    !(await isAgreed(question(account.accountId ?? `of ${account.secretId}`), process.stdin, process.stderr))
  ) {
    process.stderr.write("Nothing was started.\n");
    return 1;
  }
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort()).once("SIGTERM", () => interrupt.abort());
  const line = new ProgressLine();
  const end = await observe({
    ask: askBy(connection, credentials),
    clock: systemClock,
    timeoutMs,
    signal: interrupt.signal,
    show: (watch, answers) => line.show(progress(watch, answers)),
  });
  line.clear();
  const findings = judge(end.answers);
  const record: ObservationRecord = {
    version: 1,
    package: packageId(),
    answers: end.answers,
    findings,
  };
  writeFileSync(file, recordText(record), { flag: "wx" });
  const early = earlyEnd(end, timeoutMs);
  process.stdout.write(`\n${verdicts(findings)}${early ? `\n${early}\n` : ""}
${file} has each answer, and no key, host, account or RequestId. What to do with it: ${pathOfPage("first-contact.md")}.
`);
  const isWell = [findings.A1, findings.A2, findings.A3].every(({ verdict }) => verdict === "held");
  return isWell ? 0 : 1;
}

/** A line that is overwritten. Without a terminal, a line for each change, but for the number of requests. */
class ProgressLine {
  private last = "";

  show(text: string): void {
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\x1b[K${text}`);
      return;
    }
    const [news = ""] = text.split(" (");
    if (news !== this.last) {
      this.last = news;
      process.stderr.write(`${news}\n`);
    }
  }

  clear(): void {
    process.stderr.write(process.stderr.isTTY ? "\r\x1b[K" : "");
  }
}
