import { SettingsError } from "./errors";
import { isLoopback } from "./loopback";
import { isExempt } from "./noProxy";

/** A proxy, and the environment variable that names it. */
export interface NamedProxy {
  readonly url: URL;
  readonly variable: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** In the order of Go, and so of the Tencent Cloud provider: upper case first. */
const proxyVariables = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const exemptions = ["NO_PROXY", "no_proxy"];

const schemes = ["http:", "https:", "socks5h:", "socks5:", "socks:", "socks4a:", "socks4:"];

/**
 * Returns the proxy for an https endpoint (a host, with a port if it is not 443); none for a loopback
 * address, as in Go. Throws SettingsError, which shows no value.
 */
export function proxyFor(host: string, env: Environment): NamedProxy | undefined {
  const { hostname, port } = new URL(`https://${host}`);
  const variable = firstSet(proxyVariables, env);
  if (variable === undefined || isLoopback(hostname)) {
    return undefined;
  }
  const noProxy = env[firstSet(exemptions, env) ?? ""] ?? "";
  if (isExempt(noProxy, hostname, Number(port || 443))) {
    return undefined;
  }
  const url = parse(env[variable]?.trim() ?? "");
  if (!url) {
    throw new SettingsError(
      `The proxy in ${variable} cannot be used: it must be a URL such as http://proxy.example.com:3128 or socks5://proxy.example.com:1080, and a user name or password in it must be percent-encoded.`,
      "endpoint",
    );
  }
  return { url, variable };
}

/** Returns the first variable that is set. An empty variable counts as unset, as in curl and Go. */
function firstSet(names: readonly string[], env: Environment): string | undefined {
  return names.find((name) => env[name]?.trim());
}

function parse(text: string): URL | undefined {
  // As in curl and Go, a proxy without a scheme is an http proxy.
  const full = text.includes("://") ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (!url || url.hostname === "" || !schemes.includes(url.protocol)) {
    return undefined;
  }
  try {
    decodeURIComponent(url.username + url.password);
    return url;
  } catch {
    return undefined;
  }
}
