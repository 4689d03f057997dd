/** Runs of `pulumi up` whose time is measured. */
import type { ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { emulatorAccount } from "../emulator";
import { type OperationOptions, TestStack } from "../tests/engine/stack";

/** What one `pulumi up` took. */
export interface Up {
  readonly seconds: number;
  /**
   * The most memory that the provider process held at a time; undefined where there is no /proc to read it
   * from.
   */
  readonly peakMb: number | undefined;
}

/** Far longer than any takes. One that hangs is ended then, and its output told. */
const LIMIT_MS = 5 * 60_000;

/** `pulumi up --parallel 100` of a program on a new stack, from the start of the CLI to its end. */
export async function measureUp(program: PulumiFn, endpoint: string): Promise<Up> {
  const stack = await TestStack.create({ program, env: emulatedAccount(endpoint) });
  try {
    return await measured(stack, (options) => stack.up(undefined, { ...options, parallel: 100 }));
  } finally {
    await stack.remove();
  }
}

/** The account of the emulator at this endpoint, for the environment of a stack. */
export function emulatedAccount(endpoint: string): Record<string, string> {
  return {
    TENCENTCLOUD_CWP_ENDPOINT: endpoint,
    TENCENTCLOUD_SECRET_ID: emulatorAccount.secretId,
    TENCENTCLOUD_SECRET_KEY: emulatorAccount.secretKey,
  };
}

/** Measures one operation on a stack. */
export async function measured(
  stack: TestStack,
  operate: (options: OperationOptions) => Promise<unknown>,
): Promise<Up> {
  const memory = watchMemory(stack);
  let limit: NodeJS.Timeout | undefined;
  const onStart = (cli: ChildProcess) => {
    limit = setTimeout(() => cli.kill("SIGKILL"), LIMIT_MS);
  };
  const start = performance.now();
  try {
    await operate({ onStart });
    return { seconds: (performance.now() - start) / 1000, peakMb: memory.peakMb() };
  } finally {
    clearTimeout(limit);
    memory.stop();
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
