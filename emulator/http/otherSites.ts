import type { IncomingHttpHeaders } from "node:http";

/**
 * Returns true if only a browser that shows the page of another site can have sent the request. A browser
 * names the site of a page (`Origin`, `Sec-Fetch-Site`); `Host` reveals a page whose host name leads to this
 * machine. Other clients, such as curl, send none of these, or a loopback host.
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
