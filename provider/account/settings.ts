import type { Connection, Endpoint } from "../api/connection";
import { refuseIllegal } from "../api/credentials";
import type { Environment, Settings } from "./config";
import { chooseSource } from "./credentials/choose";
import type { AssumeRole } from "./credentials/role";
import { checkDomain, parseEndpoint, stsConnection } from "./endpoint";
import { guardSource } from "./guard";
import { warningsOf } from "./providerSettings";

/** The settings that the arguments of a resource or a status call can hold. */
export interface AccountArgs {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly profile?: string | undefined;
  readonly assumeRole?: AssumeRole | undefined;
}

/** The endpoint of Tencent Cloud's Chinese site, which is also the default of Tencent Cloud's own SDKs. */
const DEFAULT_ENDPOINT = "cwp.tencentcloudapi.com";

/** The name for no region. */
const NO_REGION = "none";

/**
 * Chooses the endpoint and the credentials: argument, then Pulumi config, then environment, then files. The
 * Tencent Cloud provider's settings mean the same here. Throws SettingsError.
 */
export function resolveConnection(args: AccountArgs, settings: Settings, env: Environment): Connection {
  const domain = domainOf(settings, env);
  const endpoint = endpointOf(args, settings, env, domain);
  const named = settings.read("region") || env.TENCENTCLOUD_REGION;
  const forCwp = args.region || settings.read("cwpRegion") || env.TENCENTCLOUD_CWP_REGION;
  const stsRegion = [forCwp, named].find((region) => region && region !== NO_REGION);
  const sts = stsConnection(endpoint, stsRegion, domain);
  const { source, warnings } = chooseSource(args, settings, env, sts);
  const region = forCwp || named || source.region;
  for (const inUse of [region, stsRegion]) {
    if (inUse) {
      refuseIllegal("The region", inUse);
    }
  }
  return {
    ...endpoint,
    ...(region && region !== NO_REGION && { region }),
    credentials: guardSource(source, settings, sts),
    warnings: [...warningsOf(settings, env), ...warnings],
  };
}

function endpointOf(
  args: AccountArgs,
  settings: Settings,
  env: Environment,
  domain: string | undefined,
): Endpoint {
  const named = args.endpoint || settings.read("endpoint") || env.TENCENTCLOUD_CWP_ENDPOINT;
  return parseEndpoint(named || (domain ? `https://cwp.${domain}` : DEFAULT_ENDPOINT));
}

/**
 * Returns the Tencent Cloud provider's root domain. It counts for STS even if another setting names the
 * endpoint. Throws SettingsError.
 */
export function domainOf(settings: Settings, env: Environment): string | undefined {
  const inConfig = settings.read("domain");
  const domain = inConfig || env.TENCENTCLOUD_DOMAIN;
  if (domain) {
    checkDomain(domain, inConfig ? settings.nameOf("domain") : "TENCENTCLOUD_DOMAIN");
  }
  return domain;
}
