/** Runs of `pulumi up` whose time is measured. */
import type { ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import { inEnvironment } from "../tests/engine/account";
import type { Program } from "../tests/engine/program";
import { type EntryPoint, TestStack } from "../tests/engine/stack";

/** The cost of one `pulumi up`. */
export interface Up {
  readonly seconds: number;
  /** The most memory that the provider process held at a time; undefined if there is no /proc. */
  readonly peakMb: number | undefined;
}

/** Far longer than any `pulumi up` takes: the limit ends an `up` that hangs, and its output is printed. */
const LIMIT_MS = 5 * 60_000;

/** `pulumi up --parallel 100` of a program on a new stack, from the start of the CLI to its end. */
export async function measureUp(
  program: Program | string,
  endpoint: string,
  entryPoint: EntryPoint = "dynamic",
): Promise<Up> {
  const stack = await TestStack.create({ entryPoint, env: inEnvironment({ url: endpoint }) });
  const memory = watchMemory(stack);
  let limit: NodeJS.Timeout | undefined;
  const onStart = (cli: ChildProcess) => {
    limit = setTimeout(() => cli.kill("SIGKILL"), LIMIT_MS);
  };
  const start = performance.now();
  try {
    await stack.up(program, { onStart, parallel: 100 });
    return { seconds: (performance.now() - start) / 1000, peakMb: memory.peakMb() };
  } finally {
    clearTimeout(limit);
    memory.stop();
    await stack.remove();
  }
}

/**
 * The kernel keeps a process's peak (VmHWM), but only as long as the process lives: so it is read again and
 * again.
 */
function watchMemory(stack: TestStack): { stop(): void; peakMb(): number | undefined } {
  let peakKb = 0;
  const timer = setInterval(() => {
    peakKb = Math.max(peakKb, ...stack.providerPids().map(readPeakKb));
  }, 25);
  return { stop: () => clearInterval(timer), peakMb: () => (peakKb > 0 ? peakKb / 1024 : undefined) };
}

function readPeakKb(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0; // It has ended.
  }
}
