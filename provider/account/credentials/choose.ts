import type { CredentialSource } from "../../api/credentials";
import type { StsConnection } from "../../api/sts";
import type { Environment, Settings } from "../config";
import { refuseUnsupported } from "../providerSettings";
import { assumedRole } from "./assumedRole";
import { camRole } from "./cvmRole";
import { federatedOfConfig, federatedOfEnvironment } from "./federated";
import type { Given, SignerArgs } from "./given";
import { givenKeysOf } from "./keys";
import { METADATA_URL } from "./metadata";
import { profilePlaces } from "./places";
import { podInSettings } from "./podIdentity";
import { profileOfArgument, profileOfSettings } from "./profileSource";
import { type NamedRole, roleOfConfig, roleOfEnvironment } from "./role";
import { search } from "./search";

/** A way to credentials. It gives nothing without its settings. Throws SettingsError. */
type Way = { readonly name: string; readonly unless?: "profile" | "assumeRole" } & (
  | {
      /** Credentials of its own: no later way counts. */
      readonly source: (given: Given) => CredentialSource | undefined;
    }
  | {
      /** A role, which is assumed with the credentials of the ways after it. */
      readonly role: (given: Given) => NamedRole | undefined;
    }
);

/**
 * All ways to credentials, the strongest first, in the Tencent Cloud provider's order; the search is last.
 * `unless` names an argument of the resource that takes the way's place.
 */
export const order: readonly Way[] = [
  { name: "assumeRole argument", role: roleOfArgument },
  { name: "enablePodOidc", unless: "profile", source: podInSettings },
  { name: "config identity", unless: "profile", source: federatedOfConfig },
  { name: "config role", unless: "assumeRole", role: roleInConfig },
  {
    name: "environment identity",
    unless: "profile",
    source: federatedOfEnvironment,
  },
  { name: "environment role", unless: "assumeRole", role: roleInEnvironment },
  { name: "profile argument", source: profileOfArgument },
  { name: "camRoleName", source: camRole },
  { name: "keys", source: givenKeysOf },
  { name: "profile", source: profileOfSettings },
];

function roleOfArgument({ args }: Given): NamedRole | undefined {
  return args.assumeRole && { role: args.assumeRole, setting: "the argument assumeRole" };
}

function roleInConfig({ settings, env }: Given): NamedRole | undefined {
  return roleOfConfig(settings, env);
}

/** Returns no role beside a web identity or SAML assertion of the environment, which uses the role itself. */
function roleInEnvironment(given: Given): NamedRole | undefined {
  return federatedOfEnvironment(given) ? undefined : roleOfEnvironment(given.env);
}

/** Returns the source of credentials under these settings, and a sentence for each warning about them. */
export function chooseSource(
  args: SignerArgs,
  settings: Settings,
  env: Environment,
  sts: StsConnection,
): { source: CredentialSource; warnings: string[] } {
  const metadataUrl = env.TENCENTCLOUD_METADATA_URL || METADATA_URL;
  const given = { args, settings, env, sts, places: profilePlaces(settings, env), metadataUrl };
  if (!args.profile && !podInSettings(given)) {
    refuseUnsupported(settings, env);
  }
  const roles: NamedRole[] = [];
  const warnings: string[] = [];
  let own: CredentialSource | undefined;
  for (const way of order.filter(({ unless }) => !unless || !args[unless])) {
    if ("role" in way) {
      const role = way.role(given);
      roles.unshift(...(role ? [role] : []));
      warnings.push(...(way.role === roleInEnvironment ? warnOfIgnoredRole(given) : []));
      continue;
    }
    own = way.source(given);
    if (own) {
      break;
    }
  }
  const source = roles.reduce((base, role) => assumedRole(base, role, sts), own ?? search(given));
  return { source, warnings };
}

/** A role of the environment counts only with a session name. The role of the config may take its fields. */
function warnOfIgnoredRole({ settings, env }: Given): string[] {
  const isIgnored =
    env.TENCENTCLOUD_ASSUME_ROLE_ARN &&
    !env.TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME &&
    !roleOfConfig(settings, env);
  return isIgnored
    ? [
        "TENCENTCLOUD_ASSUME_ROLE_ARN is ignored, as by the Tencent Cloud provider: it counts only together with TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME.",
      ]
    : [];
}
