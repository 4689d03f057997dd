/**
 * Runs `work` in a time of its own, which begins at 0: a timer fires without a wait, and moves the clock on
 * by its delay. This is right for work with one timer at a time, as a waiter is. The work sees the time
 * through setTimeout and Date.now, and must wait for nothing else, so that no other code sees them replaced.
 */
export async function inVirtualTime<T>(
  random: () => number,
  work: (now: () => number) => Promise<T>,
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
    return await work(() => now);
  } finally {
    for (const back of restore) {
      back();
    }
  }
}

/** Replaces a method, and returns a function that restores it. */
function replace(object: object, method: string, by: unknown): () => void {
  const before: unknown = Reflect.get(object, method);
  Reflect.set(object, method, by);
  return () => Reflect.set(object, method, before);
}
