import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/*
 * Ways to break the waiting core, and the invariant of worlds.property.test.ts that notices each. Run it after a change of
 * the core or of the invariants; it takes some minutes:
 *
 *   npx ts-node -T tests/provider/wait/mutations.ts [part of a name]
 *
 * Every mutation is made in a copy of the project and judged by its one invariant alone. The command fails when one survives or
 * when the text to replace is not there any more.
 */

interface Mutation {
  readonly breaks: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The invariant that must notice it, alone. */
  readonly noticed: string;
}

const run = "provider/wait/evidence.ts";
const caller = "provider/wait/wait.ts";
const loop = "provider/wait/loop.ts";
const endings = "provider/wait/endings.ts";

const mutations: readonly Mutation[] = [
  {
    breaks: "any idle answer is an end",
    file: run,
    from: "if (recordMoved(baseline, status, sentAt - since) && status.latestEndTime !== notItsEnd) {",
    to: "if (isIdle(status)) {",
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "the baseline's own record is an end",
    file: run,
    from: "return now.latestStartTime > baseline.latestStartTime;",
    to: "return now.latestStartTime >= baseline.latestStartTime;",
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "a run that was going when the caller came counts",
    file: run,
    from: "return isIdle(status) &&",
    to: "return isIdle(status) ||",
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "an end that shows at once, perhaps in a stale answer, frees a blocked caller",
    file: run,
    from: "age > SETTLE_MS &&\n    going",
    to: "going",
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "weak evidence counts at once",
    file: run,
    from: "return calm.looks >= SETTLE_LOOKS && sentAt - calm.since > SETTLE_MS;",
    to: "return calm.looks >= 1 && sentAt >= 0;",
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "SYNCING counts however soon after the baseline",
    file: run,
    from: "return age > SETTLE_MS && (",
    to: "return (",
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "SYNCING does not end a row of idle answers",
    file: run,
    from: 'return { is: "watching", baseline, since, shown, notItsEnd: status.latestEndTime };',
    to: "return { ...known, shown };",
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "callers who came while a request was under way are told its answer",
    file: loop,
    from: "for (const one of told) {",
    to: "for (const one of this.waiting) {",
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "there is no grace before the next trigger",
    file: caller,
    from: "export const GRACE_MS = 10_000;",
    to: "export const GRACE_MS = 0;",
    noticed: "succeedsAll",
  },
  {
    breaks: "a trigger whose answer was lost is sent again without a look",
    file: caller,
    from: "return mayHaveWorked(error)",
    to: "return mayHaveWorked(error) && false",
    noticed: "triggersFew",
  },
  {
    breaks: "triggers are repeated without a bound",
    file: caller,
    from: "caller.triggers === MOST_TRIGGERS && graceIsOver(caller)",
    to: "caller.triggers === 99 && graceIsOver(caller)",
    noticed: "triggersFew",
  },
  {
    breaks: "a run that goes is not seen, but only its end",
    file: run,
    from: "const shown = known.shown || runShows(",
    to: "const shown = known.shown && runShows(",
    noticed: "costsTwoTriggers",
  },
  {
    breaks: "requests do not wait for their turn",
    file: loop,
    from: "await this.pace.turn();",
    to: "await Promise.resolve();",
    noticed: "keepsThePace",
  },
  {
    breaks: "a back-off outlasts the deadline",
    file: loop,
    from: "return Math.min(deadline, Math.max(step.at, notBefore));",
    to: "return deadline > step.at ? Math.max(step.at, notBefore) : step.at;",
    noticed: "endsInTime",
  },
  {
    breaks: "a last look may take as long as any other request",
    file: loop,
    from: "deadline + REQUEST_MS,",
    to: "now + REQUEST_MS,",
    noticed: "endsInTime",
  },
  {
    breaks: "a request is not cut short for a deadline",
    file: loop,
    from: "deadline > now ? deadline :",
    to: "deadline > now ? now + REQUEST_MS :",
    noticed: "endsInTime",
  },
  {
    breaks: "there is no last look",
    file: caller,
    from: "if (askedAt >= deadline) {",
    to: "if (now >= deadline) {",
    noticed: "looksOnceMore",
  },
  {
    breaks: "a resumed call starts afresh",
    file: caller,
    from: "known: run\n",
    to: "known: run && now < 0\n",
    noticed: "resumesWithoutTrigger",
  },
  {
    breaks: "a failure forgets the unfinished run",
    file: endings,
    from: "requestId, unfinished(caller), caller.seen.last",
    to: "requestId, undefined, caller.seen.last",
    noticed: "failuresSayWhyAndWhatToDo",
  },
  {
    breaks: "a failure does not say what to do",
    file: endings,
    from: "const later = ",
    to: 'const later = "" && ',
    noticed: "failuresSayWhyAndWhatToDo",
  },
  {
    breaks: "a caller who aborts stays among those who wait",
    file: loop,
    from: "this.remove(one);\n        reject",
    to: "reject",
    noticed: "leavesNothingBehind",
  },
  {
    breaks: "the last caller to abort leaves its request under way",
    file: loop,
    from: "this.inFlight.abort();",
    to: "",
    noticed: "leavesNothingBehind",
  },
  {
    breaks: "the last caller to abort leaves the loop asleep",
    file: loop,
    from: "this.inFlight.abort();\n      this.wakeUp.abort();",
    to: "this.inFlight.abort();",
    noticed: "leavesNothingBehind",
  },
];

const root = resolve(__dirname, "../../..");

async function outcomeOf({ file, from, to, noticed }: Mutation): Promise<string> {
  const copy = mkdtempSync(join(tmpdir(), "mutation-"));
  try {
    for (const part of [
      "provider",
      "emulator",
      "tests/provider/wait",
      "tests/virtualClock.ts",
      "tsconfig.json",
      ".mocharc.json",
    ]) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    const text = readFileSync(join(copy, file), "utf8");
    if (!text.includes(from)) {
      return `NOT MADE: ${file} does not say ${JSON.stringify(from)}`;
    }
    writeFileSync(join(copy, file), text.replaceAll(from, to));
    const report = await output(copy, noticed);
    if (!/\d+ (passing|failing)/.test(report)) {
      return `NOT RUN: ${report}`;
    }
    return /Caused by: (?:AssertionError \[ERR_ASSERTION\]: )?(.*)/.exec(report)?.[1] ?? "SURVIVED";
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function output(cwd: string, invariant: string): Promise<string> {
  const child = spawn("npx", ["mocha", "tests/provider/wait/worlds.property.test.ts"], {
    cwd,
    env: { ...process.env, FC_RUNS: "20000", FC_SEED: "1", FC_ONLY: invariant, FC_SHRINK: "no" },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      text += data;
    });
  }
  return new Promise((done) => {
    child.on("close", () => done(text));
  });
}

async function main(): Promise<void> {
  const part = process.argv[2] ?? "";
  const left = mutations.filter(({ breaks }) => breaks.includes(part));
  const worker = async () => {
    for (let mutation = left.shift(); mutation; mutation = left.shift()) {
      const outcome = await outcomeOf(mutation);
      console.log(`${mutation.breaks}\n  ${mutation.noticed}: ${outcome}`);
      if (/^(SURVIVED|NOT MADE|NOT RUN)/.test(outcome)) {
        process.exitCode = 1;
      }
    }
  };
  await Promise.all([worker(), worker()]);
}

void main();
