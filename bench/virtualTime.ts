/**
 * Runs a task in time of its own, which begins at 0: a timer fires without a wait, and moves the clock on by
 * its delay. This is right for a task with one timer at a time, as a waiter is. The task sees the time
 * through setTimeout and Date.now, and must wait for nothing else, so that nobody else sees them replaced.
 */
export async function inVirtualTime<T>(
  random: () => number,
  task: (now: () => number) => Promise<T>,
): Promise<T> {
  let now = 0;
  const restore = [
    replace(globalThis, "setTimeout", (callback: () => void, ms: number) => {
      now += ms;
      queueMicrotask(callback);
    }),
    replace(Date, "now", () => now),
    replace(Math, "random", random),
  ];
  try {
    return await task(() => now);
  } finally {
    for (const back of restore) {
      back();
    }
  }
}

/** Replaces a method, and returns what puts it back. */
function replace(object: object, method: string, by: unknown): () => void {
  const before: unknown = Reflect.get(object, method);
  Reflect.set(object, method, by);
  return () => Reflect.set(object, method, before);
}
