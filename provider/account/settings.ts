import type { Connection } from "../cwp/client";
import { refuseIllegal } from "../cwp/credentials";
import type { Config, Environment } from "./config";
import { type AssumeRole, assumedRole } from "./credentials/assumedRole";
import { chooseSource } from "./credentials/choose";
import { roleOfConfig, roleOfEnvironment } from "./credentials/role";
import { parseEndpoint, stsConnection } from "./endpoint";

/** The settings that a resource or a status call can bring itself. */
export interface AccountArgs {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly profile?: string | undefined;
  readonly assumeRole?: AssumeRole | undefined;
}

/** The endpoint of Tencent Cloud's Chinese site, which also serves as the default of Tencent Cloud's own SDKs. */
const DEFAULT_ENDPOINT = "cwp.tencentcloudapi.com";

/** Settles where requests go and who signs them: argument, then Pulumi config, then environment, then files. Throws SettingsError. */
export function resolveConnection(args: AccountArgs, config: Config, env: Environment): Connection {
  const endpoint = parseEndpoint(
    args.endpoint || config("tencentcloud-cwp:endpoint") || env.TENCENTCLOUD_CWP_ENDPOINT || DEFAULT_ENDPOINT,
  );
  const named = args.region || config("tencentcloud:region") || env.TENCENTCLOUD_REGION;
  const sts = stsConnection(endpoint, named);
  const base = chooseSource(args.profile, config, env, sts);
  const role = args.assumeRole ?? roleOfConfig(config) ?? roleOfEnvironment(env);
  const region = named || base.region;
  if (region) {
    refuseIllegal("The region", region);
  }
  return {
    ...endpoint,
    ...(region && { region }),
    credentials: role ? assumedRole(base, role, sts) : base,
  };
}
