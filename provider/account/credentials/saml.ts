import type { CredentialSource } from "../../api/credentials";
import { SettingsError } from "../../api/errors";
import type { StsConnection } from "../../api/sts";
import type { Environment, Settings } from "../config";
import { readBlock, readFields } from "./block";
import { keysOfRole } from "./keysOfRole";
import { durationOf, SESSION_NAME, wrongInDuration } from "./role";

type SamlFields = Partial<
  Record<"samlAssertion" | "principalArn" | "roleArn" | "sessionName" | "sessionDuration", string | undefined>
>;

/**
 * Returns the role of the config that a SAML assertion assumes. Fields that it leaves out default to the
 * environment.
 */
export function samlOfConfig(
  settings: Settings,
  env: Environment,
  sts: StsConnection,
): CredentialSource | undefined {
  const block = readBlock(["assumeRoleWithSaml", "assumeRoleWithSamls"], "samlAssertion", settings);
  return block && withSaml(readFields(block, inEnvironment(env)), block.setting, sts);
}

/** Returns the same of the environment. It counts only beside a role with a session name. */
export function samlOfEnvironment(env: Environment, sts: StsConnection): CredentialSource | undefined {
  const fields = inEnvironment(env);
  return fields.samlAssertion || fields.principalArn
    ? withSaml(fields, "TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION", sts)
    : undefined;
}

function inEnvironment(env: Environment) {
  return {
    samlAssertion: env.TENCENTCLOUD_ASSUME_ROLE_SAML_ASSERTION,
    principalArn: env.TENCENTCLOUD_ASSUME_ROLE_PRINCIPAL_ARN,
    roleArn: env.TENCENTCLOUD_ASSUME_ROLE_ARN,
    sessionName: env.TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME,
    sessionDuration: env.TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION,
  };
}

function withSaml(fields: SamlFields, setting: string, sts: StsConnection): CredentialSource {
  const { samlAssertion, principalArn, roleArn, sessionName, sessionDuration } = fields;
  if (!samlAssertion || !principalArn || !roleArn) {
    const missing = !samlAssertion ? "samlAssertion" : !principalArn ? "principalArn" : "roleArn";
    throw new SettingsError(`${setting} cannot be used: its ${missing} is missing.`);
  }
  const wrong = wrongInDuration(sessionDuration || undefined);
  if (wrong) {
    throw new SettingsError(`${setting} cannot be used: ${wrong}.`);
  }
  const params = {
    SAMLAssertion: samlAssertion,
    PrincipalArn: principalArn,
    RoleSessionName: sessionName || SESSION_NAME,
    DurationSeconds: durationOf(sessionDuration),
  };
  return {
    identity: JSON.stringify(["saml", roleArn, params, sts.host]),
    find: (signal) => {
      const by = `, assumed with the SAML assertion of ${setting}`;
      return keysOfRole(sts, { action: "AssumeRoleWithSAML", roleArn, params, setting, by }, signal);
    },
  };
}
