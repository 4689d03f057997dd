/** From all settings to one connection. */

import type { Connection, Endpoint } from "../api/connection";
import { refuseIllegal } from "../api/credentials";
import type { Environment, Settings } from "./config";
import { chooseSource } from "./credentials/choose";
import type { AssumeRole } from "./credentials/role";
import { endpointAt, parseEndpoint, stsConnection } from "./endpoint";
import { guarded } from "./guard";
import { warningsOf } from "./providerSettings";

/** The settings that a resource or a status call can bring itself. */
export interface AccountArgs {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly profile?: string | undefined;
  readonly assumeRole?: AssumeRole | undefined;
}

/**
 * The endpoint of Tencent Cloud's Chinese site, which also serves as the default of Tencent Cloud's own SDKs.
 */
const DEFAULT_ENDPOINT = "cwp.tencentcloudapi.com";

/** The region that stands for none. */
const NO_REGION = "none";

/**
 * Settles where requests go and who signs them: argument, then Pulumi config, then environment, then files.
 * What the Tencent Cloud provider reads means here what it means there. Throws SettingsError.
 */
export function resolveConnection(args: AccountArgs, settings: Settings, env: Environment): Connection {
  const domain = settings.read("domain") || env.TENCENTCLOUD_DOMAIN;
  const endpoint = endpointOf(args, settings, env);
  const named = settings.read("region") || env.TENCENTCLOUD_REGION;
  const forCwp = args.region || settings.read("cwpRegion") || env.TENCENTCLOUD_CWP_REGION;
  const stsRegion = [forCwp, named].find((region) => region && region !== NO_REGION);
  const sts = stsConnection(endpoint, stsRegion, domain);
  const { source, warnings } = chooseSource(args, settings, env, sts);
  const region = forCwp || named || source.region;
  if (region) {
    refuseIllegal("The region", region);
  }
  return {
    ...endpoint,
    ...(region && region !== NO_REGION && { region }),
    credentials: guarded(source, settings, sts),
    warnings: [...warningsOf(settings, env), ...warnings],
  };
}

function endpointOf(args: AccountArgs, settings: Settings, env: Environment): Endpoint {
  const named = args.endpoint || settings.read("endpoint") || env.TENCENTCLOUD_CWP_ENDPOINT;
  if (named) {
    return parseEndpoint(named);
  }
  const inConfig = settings.read("domain");
  const domain = inConfig || env.TENCENTCLOUD_DOMAIN;
  return domain
    ? endpointAt(domain, inConfig ? settings.nameOf("domain") : "TENCENTCLOUD_DOMAIN")
    : parseEndpoint(DEFAULT_ENDPOINT);
}
