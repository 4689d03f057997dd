import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import ts from "typescript";

/*
 * Ways to break the waiting core, and the invariant (invariants.ts) that notices each. Run it after a change
 * of the core or of the invariants:
 *
 *   npm run -s mutations [part of a name]
 *
 * Every mutation is made in a copy of the project and judged by its one invariant alone, in random worlds.
 * The command fails when one survives, or when its function or expression is gone: then find
 * the rule's new place. mutations.test.ts notices that sooner.
 */

/** Finds the place in a source file, and returns the replacement. */
type Edit = (source: ts.SourceFile) => { start: number; end: number; text: string };

interface Mutation {
  readonly breaks: string;
  readonly edit: Edit;
  /**
   * The invariant that must notice it, alone. A file of unit tests, if no world shows it while A1 to A3 hold:
   * then it is a second guard, or about what is reported.
   */
  readonly noticed: string;
}

class NotMade extends Error {}

/** The body of a function or method becomes this statement. */
function body(name: string, text: string): Edit {
  return (source) => {
    const block = functionNamed(source, name).body;
    if (!block) {
      throw new NotMade(`${name} has no body`);
    }
    return { start: block.getStart(source) + 1, end: block.end - 1, text };
  };
}

/**
 * An expression or statement in a function or method becomes another one. White space in it does not matter.
 */
function inside(name: string, from: string, to: string): Edit {
  return (source) => {
    const found = find(functionNamed(source, name), (node) => bare(node.getText(source)) === bare(from));
    if (!found) {
      throw new NotMade(`${name} does not contain ${from}`);
    }
    return { start: found.getStart(source), end: found.end, text: to };
  };
}

/** A constant of the module gets another value. */
function constant(name: string, value: string): Edit {
  return (source) => {
    const found = find(
      source,
      (node) => ts.isVariableDeclaration(node) && node.name.getText(source) === name,
    );
    if (!found || !ts.isVariableDeclaration(found) || !found.initializer) {
      throw new NotMade(`there is no constant ${name}`);
    }
    return { start: found.initializer.getStart(source), end: found.initializer.end, text: value };
  };
}

function functionNamed(source: ts.SourceFile, name: string): ts.FunctionLikeDeclaration & { body?: ts.Node } {
  const found = find(
    source,
    (node) =>
      (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isGetAccessorDeclaration(node)) &&
      node.name?.getText(source) === name,
  );
  if (!found) {
    throw new NotMade(`there is no function ${name}`);
  }
  return found as ts.FunctionDeclaration;
}

function find(node: ts.Node, wanted: (node: ts.Node) => boolean): ts.Node | undefined {
  return wanted(node) ? node : ts.forEachChild(node, (child) => find(child, wanted));
}

function bare(text: string): string {
  return text.replace(/\s+/g, "");
}

const evidence: readonly Mutation[] = [
  {
    breaks: "rule 1: an answer without times is believed for ever",
    edit: inside("anchoredAt", 'baseline.latestStartTime === ""', "false"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 1: a second answer without times confirms the first, however early",
    edit: inside("learnBaseline", "late && isBlank(known.baseline)", "isBlank(known.baseline)"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 1: the first times after an answer without times are sure, however early",
    edit: inside("learnBaseline", "isUnsure: !late", "isUnsure: false"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 1: a start beside an answer of a finished run without times counts",
    edit: inside("learnIdle", "isIdle(status) || !isBlank(baseline)", "isIdle(status)"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 1: the times of the run before are taken for the run that is in progress beside them",
    edit: inside(
      "learnRunning",
      'known.isUnsure && known.its === "" && !isIdle(status) && hasEnded(status)',
      "false",
    ),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 1: an idle answer shows the times of the run, though the run before it is not known",
    edit: inside("isOfItsRun", "isUnsure && isIdle(status)", "false"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 2: a run that was in progress when the wait began counts",
    edit: inside("learnFirst", "isIdle(status) && status.latestStartTime >= newestStart", "true"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 3: no answer shows the newest run until the account is idle",
    edit: body("anchorOf", "return undefined;"),
    noticed: "endsSoonAmongOthers",
  },
  {
    breaks: "rule 3: an answer of any age shows the newest run",
    edit: body("isLate", "return sentAt >= began;"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 3: an answer without a start is an anchor",
    edit: inside("anchorOf", 'status.latestStartTime !== ""', "true"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 3: the anchor's own run counts",
    edit: inside("learnBlocked", "isNewer(status, anchor)", "true"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 3: the baseline's own run counts",
    edit: body("isNewer", "return one.latestStartTime >= other.latestStartTime;"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 5: any idle answer is an end",
    edit: body("isSettled", "return true;"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 5: an end is no evidence beside SYNCING only",
    edit: inside("learnRunning", "isIdle(status) && counts", "counts"),
    noticed: "run/evidence.test.ts",
  },
  {
    breaks: "rule 5: a start alone is an end",
    edit: inside("learnRunning", "hadEnded ? hasEnded(status) : hasLaterEnd(status)", "true"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 5: an end in the second of the start is its own, though a run was in progress before",
    edit: inside("learnRunning", "hadEnded ? hasEnded(status) : hasLaterEnd(status)", "hasEnded(status)"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 5: the baseline's end is the run's",
    edit: inside("learnRunning", "status.latestEndTime !== baseline.latestEndTime", "true"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 5: an end that SYNCING has shown is the run's own",
    edit: inside("learnRunning", "isNext ? notItsEnd : status.latestEndTime", "undefined"),
    noticed: "run/evidence.test.ts",
  },
  {
    breaks: "rule 5: an end that shows in a stale answer frees a blocked wait",
    edit: inside("learnBlocked", "late && hasEndShown(first, status)", "hasEndShown(first, status)"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 6: there is no end without an idle moment",
    edit: body("hasOwnEnd", "return false;"),
    noticed: "seesWholeRuns",
  },
  {
    breaks: "rule 6: an end that SYNCING has shown is never the run's own",
    edit: body("hasOwnEnd", "return end >= its && end !== notItsEnd;"),
    noticed: "seesWholeRuns",
  },
  {
    breaks: "rule 6: any end beside a newer start is the run's own",
    edit: body("hasOwnEnd", "return true;"),
    noticed: "run/evidence.test.ts",
  },
  {
    breaks: "rule 7: weak evidence counts at once",
    edit: body("isSettled", "return calm.polls >= 1;"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "rule 7: weak evidence may change while it holds",
    edit: inside("extendCalm", "calm && same", "calm"),
    noticed: "run/evidence.test.ts",
  },
  {
    breaks: "rule 7: SYNCING counts however soon after the baseline",
    edit: inside("learnIdle", "sentAt - since > SETTLE_MS", "true"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "A1: a poll is a first poll even while a wait of its loop awaits a run",
    edit: body("isRunAwaited", "return this.neighbours.hasAwaitedRun(this);"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "A1: a poll is a first poll even while a wait of another loop awaits a run",
    edit: body("hasAwaitedRun", "return false;"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "A1: no poll is a first poll",
    edit: inside("send", 'request === "poll" && !this.isRunAwaited()', "false"),
    noticed: "startsSoon",
  },
];

const sharing: readonly Mutation[] = [
  {
    breaks: "a wait observes a request that was in progress when it began",
    edit: inside("observeAll", "asks.has(one)", "true"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "a start does not wait for the resources that were checked",
    edit: inside("hasUnasked", "this.checked.size > 0", "false"),
    noticed: "costsOneStart",
  },
  {
    breaks: "a start does not wait for the waits that have no first answer",
    edit: inside("paceRequest", "someAreUnasked || othersAreUnasked", "false"),
    noticed: "costsOneStart",
  },
  {
    breaks: "a wait polls for a first answer while another loop awaits a run",
    edit: inside("paceRequest", 'othersAwaitRun && known.is === "unasked" && goal !== "status"', "false"),
    noticed: "keepsPollsApart",
  },
];

const accounts: readonly Mutation[] = [
  {
    breaks: "an unfinished run is any account's",
    edit: inside("onAccount", 'resume?.account === account && account !== ""', "resume"),
    noticed: "succeedsOnlyOnItsRun",
  },
  {
    breaks: "an unfinished run is no account's",
    edit: inside("onAccount", 'resume?.account === account && account !== ""', "false && resume"),
    noticed: "resumesWithoutStart",
  },
  {
    breaks: "the knowledge of one account is believed of the next",
    edit: inside("onAccount", "wait.account === undefined || wait.account === account", "true"),
    noticed: "succeedsOnlyOnItsRun",
  },
];

const failures: readonly Mutation[] = [
  {
    breaks: "a good answer does not end a row of failures",
    edit: inside("observeAnswer", "failures: undefined", "failures: wait.failures"),
    noticed: "failsOnlyAfterARow",
  },
  {
    breaks: "a good answer to others says nothing to a wait that began meanwhile",
    edit: body("markReachable", "return wait;"),
    noticed: "failsOnlyAfterARow",
  },
  {
    breaks: "a service that has answered gets no more patience than another",
    edit: inside("isOver", "isReached ? PATIENCE_MS : PATIENCE_UNREACHED_MS", "PATIENCE_UNREACHED_MS"),
    noticed: "failsOnlyAfterARow",
  },
  {
    breaks: "an error that rarely passes is not retried",
    edit: constant("MOST_FEW", "0"),
    noticed: "failsOnlyAfterARow",
  },
  {
    breaks: "a refusal for the number of requests uses up the patience",
    edit: body("isLimit", "return false;"),
    noticed: "failsOnlyAfterARow",
  },
  {
    breaks: "there is no grace before the next start",
    edit: constant("GRACE_MS", "0"),
    noticed: "succeedsAll",
  },
  {
    breaks: "rule 9: a start whose answer was lost is sent again without a poll",
    edit: inside("observe", "!mayHaveWorked(outcome)", "true"),
    noticed: "startsFew",
  },
  {
    breaks: "rule 4: a refused start is repeated without a poll",
    edit: inside("isStartNeeded", "wait.idleAt > wait.refusedUntil", "true"),
    noticed: "pollsAfterARefusal",
  },
  {
    breaks: "rule 4: a start is sent though the last answer was SYNCING",
    edit: inside("observeAnswer", 'request === "poll" && idle', 'request === "poll"'),
    noticed: "startsFromIdle",
  },
  {
    breaks: "rule 4: refused starts do not pause",
    edit: inside("startAllowedAt", "!refused || isLimit(refused.last)", "true"),
    noticed: "pausesBetweenRefusals",
  },
  {
    breaks: "rule 8: starts are refused without a bound",
    edit: inside("failIfHopeless", "refused && isOver(refused, true)", "false"),
    noticed: "pausesBetweenRefusals",
  },
  {
    breaks: "rule 9: after ResourceInUse, any later poll allows the next start",
    edit: inside("withRefusal", 'error.code.split(".")[0] === "ResourceInUse" ? SETTLE_MS : 0', "0"),
    noticed: "pollsAfterARefusal",
  },
  {
    breaks: "rule 8: starts are repeated without a bound",
    edit: inside("failIfHopeless", "wait.starts >= wait.mostStarts", "wait.starts === 99"),
    noticed: "startsFew",
  },
  {
    breaks: "a failure forgets the unfinished run",
    edit: inside("endWait", "unfinishedRun(wait)", "undefined"),
    noticed: "losesNoRun",
  },
  {
    breaks: "an aborted wait forgets the unfinished run",
    edit: inside("reach", "unfinishedRun(cut)", "false"),
    noticed: "losesNoRun",
  },
  {
    breaks: "a start that is in progress at an abort is forgotten",
    edit: body("cutShort", "return one.wait;"),
    noticed: "losesNoRun",
  },
  {
    breaks: "a failure does not say what to do",
    edit: constant("later", '""'),
    noticed: "failuresSayWhyAndWhatToDo",
  },
];

const pace: readonly Mutation[] = [
  {
    breaks: "requests do not wait for their turn",
    edit: body("turn", ""),
    noticed: "keepsTheTurns",
  },
  {
    breaks: "polls are as close as requests may be",
    edit: inside("paceRequest", "lastPollAt + CLOSEST_POLLS_MS", "lastPollAt"),
    noticed: "pollsCalmly",
  },
  {
    breaks: "a refusal does not slow the pace down",
    edit: inside("refused", "Math.max(FIRST_MS, 2 * this.interval)", "0"),
    noticed: "isRarelyRefused",
  },
  {
    breaks: "a pause outlasts the deadline",
    edit: inside("nextRequests", "Math.min(wait.deadline, rested)", "rested"),
    noticed: "endsInTime",
  },
  {
    breaks: "a last poll may take as long as any other request",
    edit: inside("longestRequest", "deadline + REQUEST_MS", "now + REQUEST_MS"),
    noticed: "endsInTime",
  },
  {
    breaks: "a request is not cut short for a deadline",
    edit: inside("longestRequest", "deadline > now ? deadline : deadline + REQUEST_MS", "now + REQUEST_MS"),
    noticed: "endsInTime",
  },
  {
    breaks: "there is no last poll",
    edit: inside(
      "sendNext",
      'step.at > wait.deadline - LAST_POLL_MS ? { does: "poll", at: wait.deadline } : step',
      'step.at > wait.deadline - LAST_POLL_MS ? { does: "fail", why: { is: "too late" } } : step',
    ),
    noticed: "pollsOnceMore",
  },
];

const crowds: readonly Mutation[] = [
  {
    breaks: "another process's run does not count",
    edit: body("isStartNeeded", "return wait.starts === 0 || isGraceOver(wait);"),
    noticed: "costsTwoStarts",
  },
  {
    breaks: "an aborted wait stays on the waiting list",
    edit: inside("join", "this.reject(item, why())", "this.waiting.get(item)?.reject(why())"),
    noticed: "leavesNothingBehind",
  },
  {
    breaks: "the last wait to be aborted leaves its request in progress",
    edit: inside("onWaitLeft", "this.inFlight.abort();", ""),
    noticed: "leavesNothingBehind",
  },
  {
    breaks: "the last wait to be aborted leaves the loop asleep",
    edit: inside("onWaitLeft", "this.wake();", ""),
    noticed: "leavesNothingBehind",
  },
];

const rows: readonly Mutation[] = [
  {
    breaks: "a row shows more time than the sync before took",
    edit: inside("countdown", "Math.min(step, first)", "step"),
    noticed: "countsDown",
  },
  {
    breaks: "a row gets the same text again",
    edit: inside("showStatus", "text !== undefined && text !== one.said", "text !== undefined"),
    noticed: "showsLittle",
  },
];

export const mutations = [...evidence, ...sharing, ...accounts, ...failures, ...pace, ...crowds, ...rows];

const root = resolve(__dirname, "../../..");

async function outcomeOf({ edit, noticed }: Mutation): Promise<string> {
  const copy = mkdtempSync(join(tmpdir(), "mutation-"));
  try {
    for (const part of [
      "provider",
      "emulator",
      "tests/provider/wait",
      "tests/virtualClock.ts",
      "tsconfig.json",
      ".mocharc.json",
      "tests/typescript.cjs",
    ]) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    const { path, text } = mutate(sourcesIn(join(copy, "provider/wait")), edit);
    writeFileSync(path, text);
    const report = noticed.endsWith(".test.ts")
      ? await output(copy, noticed, {})
      : await output(copy, "worlds.property.test.ts", {
          FC_RUNS: "10000",
          FC_SEED: "1",
          FC_ONLY: noticed,
          FC_SHRINK: "no",
        });
    if (!/[1-9]\d* (passing|failing)/.test(report)) {
      return `NOT RUN: ${report}`;
    }
    const cause = /(?:Caused by: |^ *)AssertionError \[ERR_ASSERTION\]: (.*)/m.exec(report)?.[1];
    return cause ?? (/[1-9]\d* failing/.test(report) ? `NOT JUDGED: ${report}` : "SURVIVED");
  } catch (error) {
    if (error instanceof NotMade) {
      return `NOT MADE: ${error.message}`;
    }
    throw error;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

export function sourcesIn(folder: string): ts.SourceFile[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  return files.map((file) => {
    const path = join(folder, file);
    return ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  });
}

/** The one of the files that has the edit's place, and its text with the edit made. */
export function mutate(sources: readonly ts.SourceFile[], edit: Edit): { path: string; text: string } {
  const reasons: string[] = [];
  for (const source of sources) {
    try {
      const { start, end, text } = edit(source);
      return { path: source.fileName, text: source.text.slice(0, start) + text + source.text.slice(end) };
    } catch (error) {
      if (!(error instanceof NotMade)) {
        throw error;
      }
      reasons.push(error.message);
    }
  }
  // A function that has changed says more than the files that never had it.
  throw new NotMade(reasons.find((reason) => !reason.startsWith("there is no")) ?? reasons[0]);
}

function output(cwd: string, file: string, env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn("npx", ["mocha", join("tests/provider/wait", file)], {
    cwd,
    env: { ...process.env, ...env },
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
      if (/^(SURVIVED|NOT)/.test(outcome)) {
        process.exitCode = 1;
      }
    }
  };
  await Promise.all([worker(), worker()]);
}

if (require.main === module) {
  void main();
}
