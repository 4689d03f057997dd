/** Credentials of a role that other credentials assume. */
import { type CredentialSource, whoOf } from "../../api/credentials";
import { ApiError } from "../../api/errors";
import { askForKeys, type StsConnection } from "../../api/sts";
import { type AssumeRole, durationOf, type NamedRole, SESSION_NAME } from "./role";

/** The temporary credentials of a role, got with those of another source. */
export function assumedRole(
  base: CredentialSource,
  { role, setting }: NamedRole,
  sts: StsConnection,
): CredentialSource {
  const params = paramsOf(role);
  return {
    identity: JSON.stringify(["role", base.identity, params, sts.host]),
    region: base.region,
    async find(signal) {
      const signer = await base.find(signal);
      try {
        return {
          ...(await askForKeys(sts, "AssumeRole", params, signer, signal)),
          who: whoOf("role", role.roleArn),
          source: `the role ${role.roleArn} (${setting}), assumed with ${signer.source}`,
        };
      } catch (error) {
        throw error instanceof ApiError ? error.naming({ role: setting }) : error;
      }
    },
  };
}

function paramsOf(role: AssumeRole): object {
  const { roleArn, sessionName, sessionDuration, externalId, policy } = role;
  const { sourceIdentity, serialNumber, tokenCode } = role;
  return {
    RoleArn: roleArn,
    RoleSessionName: sessionName ?? SESSION_NAME,
    DurationSeconds: durationOf(sessionDuration),
    ...(externalId && { ExternalId: externalId }),
    // STS documents it as URL-encoded.
    ...(policy && { Policy: encodeURIComponent(policy) }),
    ...(sourceIdentity && { SourceIdentity: sourceIdentity }),
    ...(serialNumber && { SerialNumber: serialNumber }),
    ...(tokenCode && { TokenCode: tokenCode }),
  };
}
