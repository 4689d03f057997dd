import type { ChildProcess } from "node:child_process";

export interface Holder {
  /** Keeps the lock held for as long as `child` lives, even if this process dies before it. */
  keepFor(child: ChildProcess): void;
}

/**
 * Runs `task` while no other process of this machine runs one under the same `lock` (a path; its folder is
 * created). A lock whose holder has died, or has shown no sign of life for ten minutes, is taken over.
 *
 * @param onWait is told once the pid of the process that is waited for.
 */
export function oneAtATime<T>(
  lock: string,
  task: (holder: Holder) => Promise<T>,
  onWait: (pid: number) => void,
): Promise<T>;
