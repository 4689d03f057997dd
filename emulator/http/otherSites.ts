import type { IncomingHttpHeaders } from "node:http";

/**
 * Returns true if a request can only come from a browser that shows the page of another site. A browser says
 * where a page is from (`Origin`, `Sec-Fetch-Site`); a page whose host name leads to this machine is told by
 * `Host`. What is no browser, such as curl, sends none of these, or a loopback host.
 */
export function isFromAnotherSite(headers: IncomingHttpHeaders): boolean {
  const { host, origin, "sec-fetch-site": site = "none" } = headers;
  return (
    (host !== undefined && !isLoopback(host)) ||
    (origin !== undefined && origin !== `http://${host}`) ||
    !["none", "same-origin"].includes(String(site))
  );
}

function isLoopback(host: string): boolean {
  const { hostname } = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : { hostname: "" };
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
