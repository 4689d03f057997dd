/** Runs of `pulumi up` whose time is measured. */
import * as fs from "node:fs";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { emulatorAccount } from "../emulator";
import { TestStack } from "../tests/engine/stack";

/** What one `pulumi up` took. */
export interface Up {
  readonly seconds: number;
  /**
   * The most memory that the provider process held at a time; undefined where there is no /proc to read it
   * from.
   */
  readonly peakMb: number | undefined;
}

/** `pulumi up --parallel 100` of a program on a new stack, from the start of the CLI to its end. */
export async function measureUp(program: PulumiFn, endpoint: string): Promise<Up> {
  const stack = await TestStack.create({
    program,
    env: {
      TENCENTCLOUD_CWP_ENDPOINT: endpoint,
      TENCENTCLOUD_SECRET_ID: emulatorAccount.secretId,
      TENCENTCLOUD_SECRET_KEY: emulatorAccount.secretKey,
    },
  });
  try {
    const memory = watchMemory(stack);
    const start = performance.now();
    await stack.up(undefined, { parallel: 100 }).finally(memory.stop);
    return { seconds: (performance.now() - start) / 1000, peakMb: memory.peakMb() };
  } finally {
    await stack.remove();
  }
}

/**
 * The kernel keeps a process's peak (VmHWM), but only as long as the process lives: so it is read again and
 * again.
 */
export function watchMemory(stack: TestStack): { stop(): void; peakMb(): number | undefined } {
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
