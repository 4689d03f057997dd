/**
 * Does the work with a limit that aborts after so many milliseconds, or when `signal` does. The work may
 * abort the limit itself. Once the work has ended, no timer is left that keeps the process alive.
 */
export async function limitTime<T>(
  milliseconds: number,
  signal: AbortSignal | undefined,
  work: (limit: AbortController) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const abort = () => limit.abort();
  const timer = setTimeout(abort, milliseconds);
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) {
    abort();
  }
  try {
    return await work(limit);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
