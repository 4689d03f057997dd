import type { Connection, Credentials } from "./cwp/client";
import { SettingsError } from "./cwp/errors";

/** The settings that a resource or a status call can bring itself. */
export interface AccountArgs {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
}

/** Reads one value of the stack's Pulumi config, decrypted, by its full name, such as `tencentcloud:secretId`. */
export type Config = (name: string) => string | undefined;
export type Environment = Readonly<Record<string, string | undefined>>;

/** The endpoint of Tencent Cloud's Chinese site, which also serves as the default of Tencent Cloud's own SDKs. */
const DEFAULT_ENDPOINT = "cwp.tencentcloudapi.com";

/** Settles where requests go and who signs them: argument, then Pulumi config, then environment. Throws SettingsError. */
export function resolveConnection(args: AccountArgs, config: Config, env: Environment): Connection {
  const region = args.region || config("tencentcloud:region") || env.TENCENTCLOUD_REGION;
  if (region) {
    refuseIllegal("The region", region);
  }
  return {
    ...parseEndpoint(
      args.endpoint ||
        config("tencentcloud-cwp:endpoint") ||
        env.TENCENTCLOUD_CWP_ENDPOINT ||
        DEFAULT_ENDPOINT,
    ),
    ...(region && { region }),
    credentials: findCredentials(config, env),
  };
}

/** Reads an endpoint: a host, or a URL that is no more than a protocol and a host. Throws SettingsError. */
export function parseEndpoint(endpoint: string): Pick<Connection, "protocol" | "host"> {
  const form = "a host such as cwp.tencentcloudapi.com or a URL such as https://cwp.tencentcloudapi.com";
  if (endpoint.includes("@")) {
    throw new SettingsError(`The endpoint must not hold a user name or password: it is ${form}.`);
  }
  const text = endpoint.includes("://") ? endpoint : `https://${endpoint}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const rest = url && `${url.pathname}${url.search}${url.hash}`;
  if (!url || url.hostname === "" || rest !== "/" || !/^https?:$/.test(url.protocol)) {
    throw new SettingsError(`The endpoint "${endpoint}" cannot be used: it must be ${form}.`);
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new SettingsError(
      `The endpoint "${endpoint}" cannot be used: http:// is accepted only for a loopback address such as http://127.0.0.1:8080. Use https://${url.host}.`,
    );
  }
  return { protocol: url.protocol === "http:" ? "http:" : "https:", host: url.host };
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

/** A value with any other character cannot be sent in a header, and Node would quote it, be it a secret, in its error. */
function refuseIllegal(setting: string, value: string): void {
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new SettingsError(
      `${setting} holds a character that cannot be right, such as a space, a line break or a typographic dash: copy it again.`,
    );
  }
}

interface Source {
  readonly place: string;
  readonly secretId: string;
  readonly secretKey: string;
  readonly tokens: readonly string[];
  readonly read: (name: string) => string | undefined;
}

/** Id and key come from the same source: half a pair of one is never completed from the next. */
function findCredentials(config: Config, env: Environment): Credentials {
  const sources: readonly Source[] = [
    {
      place: "the Pulumi config",
      secretId: "tencentcloud:secretId",
      secretKey: "tencentcloud:secretKey",
      tokens: ["tencentcloud:securityToken"],
      read: config,
    },
    {
      place: "the environment",
      secretId: "TENCENTCLOUD_SECRET_ID",
      secretKey: "TENCENTCLOUD_SECRET_KEY",
      tokens: ["TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SESSION_TOKEN"],
      read: (name) => env[name],
    },
  ];
  for (const { place, read, ...names } of sources) {
    const secretId = read(names.secretId)?.trim();
    const secretKey = read(names.secretKey)?.trim();
    if (secretId && secretKey) {
      const tokenName = names.tokens.find((name) => read(name)?.trim()) ?? "";
      const token = read(tokenName)?.trim();
      refuseIllegal(names.secretId, secretId);
      refuseIllegal(names.secretKey, secretKey);
      if (token) {
        refuseIllegal(tokenName, token);
      }
      return { secretId, secretKey, ...(token && { token }) };
    }
    if (secretId || secretKey) {
      const [there, missing] = secretId
        ? [names.secretId, names.secretKey]
        : [names.secretKey, names.secretId];
      throw new SettingsError(`${there} is set in ${place}, but ${missing} is not: set both, or neither.`);
    }
  }
  const places = sources.map(({ place, secretId, secretKey }) => `${place} (${secretId} and ${secretKey})`);
  throw new SettingsError(
    `No Tencent Cloud credentials were found. Looked in ${places.join(", then in ")}. Set them with "pulumi config set tencentcloud:secretId" and "pulumi config set --secret tencentcloud:secretKey".`,
  );
}
