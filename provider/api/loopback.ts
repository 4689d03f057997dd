/** Returns true if a URL's host name is an address of this machine itself, which no proxy can reach. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
