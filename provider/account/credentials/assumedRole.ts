import type { CredentialSource } from "../../cwp/credentials";
import { assumeRole, type StsConnection } from "../../cwp/sts";

/** A CAM role to assume on top of other credentials. */
export interface AssumeRole {
  /** `qcs::cam::uin/100000000001:roleName/deploy`. */
  readonly roleArn: string;
  /** Shown in the audit log of the account. Default: `pulumi-tencentcloud-cwp`. */
  readonly sessionName?: string | undefined;
  /** How long the temporary credentials live, in seconds. They are renewed in time. Default: 7200. */
  readonly sessionDuration?: number | undefined;
  /** What the role's trust policy may ask for. */
  readonly externalId?: string | undefined;
}

/** The temporary credentials of a role, got with those of another source. */
export function assumedRole(base: CredentialSource, role: AssumeRole, sts: StsConnection): CredentialSource {
  const { roleArn, sessionName, sessionDuration, externalId } = role;
  return {
    identity: JSON.stringify([base.identity, roleArn, sessionName, sessionDuration, externalId]),
    region: base.region,
    async find(signal) {
      return assumeRole(
        sts,
        await base.find(signal),
        {
          RoleArn: roleArn,
          RoleSessionName: sessionName ?? "pulumi-tencentcloud-cwp",
          DurationSeconds: sessionDuration ?? 7200,
          ...(externalId && { ExternalId: externalId }),
        },
        signal,
      );
    },
  };
}
