import type { CredentialSource } from "../../api/credentials";
import { SettingsError } from "../../api/errors";
import type { Given } from "./given";
import { samlOfConfig, samlOfEnvironment } from "./saml";
import { webIdentityOfConfig, webIdentityOfEnvironment } from "./webIdentity";

/** Returns a role of the config that a web identity or a SAML assertion assumes. Throws SettingsError. */
export function federatedOfConfig({ settings, env, sts }: Given): CredentialSource | undefined {
  const webIdentity = webIdentityOfConfig(settings, env, sts);
  const saml = samlOfConfig(settings, env, sts);
  if (webIdentity && saml) {
    throw new SettingsError(
      `${settings.nameOf("assumeRoleWithWebIdentity")} and ${settings.nameOf("assumeRoleWithSaml")} are both set: keep one of them.`,
    );
  }
  return webIdentity ?? saml;
}

/**
 * Returns the same of the environment. As in the provider, it counts only if the role has a session name too.
 */
export function federatedOfEnvironment({ env, sts }: Given): CredentialSource | undefined {
  if (!env.TENCENTCLOUD_ASSUME_ROLE_ARN || !env.TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME) {
    return undefined;
  }
  const webIdentity = webIdentityOfEnvironment(env, sts);
  if (webIdentity && env.TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION) {
    throw new SettingsError(
      "TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION and TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN are both set: keep one of them.",
    );
  }
  return webIdentity ?? samlOfEnvironment(env, sts);
}
