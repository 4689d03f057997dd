import type { CredentialSource } from "../../api/credentials";
import type { StsConnection } from "../../api/sts";
import { keysOfRole } from "./keysOfRole";
import { type AssumeRole, durationOf, type NamedRole, SESSION_NAME } from "./role";

/** The temporary credentials of a role that the credentials of another source assume. */
export function assumedRole(
  base: CredentialSource,
  { role, setting }: NamedRole,
  sts: StsConnection,
): CredentialSource {
  const params = paramsOf(role);
  return {
    identity: JSON.stringify(["role", base.identity, role.roleArn, params, sts.host]),
    region: base.region,
    async find(signal) {
      const signer = await base.find(signal);
      const by = ` (${setting}), assumed with ${signer.source}`;
      const { roleArn } = role;
      return keysOfRole(sts, { action: "AssumeRole", roleArn, params, signer, setting, by }, signal);
    },
  };
}

function paramsOf(role: AssumeRole): object {
  const { sessionName, sessionDuration, externalId, policy } = role;
  const { sourceIdentity, serialNumber, tokenCode } = role;
  return {
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
