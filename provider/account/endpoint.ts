import type { Endpoint } from "../api/connection";
import { SettingsError } from "../api/errors";
import { isLoopback } from "../api/loopback";
import type { StsConnection } from "../api/sts";

/** STS needs a region, though its answer is the same in all. */
const STS_REGION = "ap-guangzhou";

/** Reads an endpoint: a host, or a URL of only a protocol and a host. Throws SettingsError. */
export function parseEndpoint(endpoint: string): Endpoint {
  const form = "a host such as cwp.tencentcloudapi.com or a URL such as https://cwp.tencentcloudapi.com";
  if (endpoint.includes("@")) {
    throw endpointError(`The endpoint must not hold a user name or password: it is ${form}.`);
  }
  const text = endpoint.includes("://") ? endpoint : `https://${endpoint}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const rest = url && `${url.pathname}${url.search}${url.hash}`;
  if (!url || url.hostname === "" || rest !== "/" || !/^https?:$/.test(url.protocol)) {
    throw endpointError(`The endpoint "${endpoint}" cannot be used: it must be ${form}.`);
  }
  if (isLoopback(url.hostname) && !endpoint.includes("://")) {
    throw endpointError(
      `The endpoint "${endpoint}" cannot be used: write http://${url.host} for the emulator, or https://${url.host} for a server with TLS.`,
    );
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw endpointError(
      `The endpoint "${endpoint}" cannot be used: http:// is accepted only for a loopback address such as http://127.0.0.1:8080. Use https://${url.host}.`,
    );
  }
  return { protocol: url.protocol === "http:" ? "http:" : "https:", host: url.host };
}

/**
 * Refuses a root domain (the Tencent Cloud provider's setting `domain`) that is no host by itself. A URL
 * would drop a blank or a line break in it, and end the host at a slash.
 */
export function checkDomain(domain: string, setting: string): void {
  if (!/^[\w-]+(\.[\w-]+)*(:\d+)?$/.test(domain) || !URL.canParse(`https://cwp.${domain}`)) {
    throw endpointError(`${setting} cannot be used: it must be a domain such as tencentcloudapi.com.`);
  }
}

function endpointError(message: string): SettingsError {
  return new SettingsError(message, "endpoint");
}

/**
 * Returns the STS of the same site and network as the CWP endpoint, or of the root domain. An emulator on
 * loopback serves both.
 */
export function stsConnection(
  { protocol, host }: Endpoint,
  region: string | undefined,
  domain?: string,
): StsConnection {
  const { hostname } = new URL(`${protocol}//${host}`);
  const [, site] = /^cwp\.((?:.+\.)?tencentcloudapi\.com)$/.exec(hostname) ?? [];
  const stsHost = isLoopback(hostname) ? host : `sts.${domain || site || "tencentcloudapi.com"}`;
  return { protocol, host: stsHost, region: region || STS_REGION };
}
