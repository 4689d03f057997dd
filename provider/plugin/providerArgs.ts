/**
 * What the provider can be given: by the config of the stack under `tencentcloud-cwp:`, or as the arguments
 * of a Provider.
 */
import type { AssumeRole } from "../account/credentials/role";

/** Each setting means what it means to the Tencent Cloud provider. */
export interface ProviderArgs {
  /** The SecretId of an API key. Default: TENCENTCLOUD_SECRET_ID. */
  readonly secretId?: string;
  /** The SecretKey of an API key. Default: TENCENTCLOUD_SECRET_KEY. */
  readonly secretKey?: string;
  /** The token of temporary keys. Default: TENCENTCLOUD_SECURITY_TOKEN. */
  readonly securityToken?: string;
  /**
   * The profile in `~/.tccli` or `~/.tencentcloud/credentials` whose credentials to use where no keys are
   * given. Another one replaces the resources. Default: TENCENTCLOUD_PROFILE, then `default`.
   */
  readonly profile?: string;
  /** The folder of tccli's profiles. Default: TENCENTCLOUD_SHARED_CREDENTIALS_DIR, then `~/.tccli`. */
  readonly sharedCredentialsDir?: string;
  /**
   * The CVM instance role whose credentials to use, in place of any keys. Default:
   * TENCENTCLOUD_CAM_ROLE_NAME.
   */
  readonly camRoleName?: string;
  /** Whether to use the identity of the TKE pod that runs Pulumi, before everything else. Default: false. */
  readonly enablePodOidc?: boolean;
  /**
   * A role to assume with the credentials found. Another `roleArn` replaces the resources. Default:
   * TENCENTCLOUD_ASSUME_ROLE_ARN with TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME.
   */
  readonly assumeRole?: AssumeRole;
  /**
   * A role to assume with a token of an OpenID Connect identity provider, as CI systems issue them. It needs
   * no keys.
   */
  readonly assumeRoleWithWebIdentity?: AssumeRoleWithWebIdentity;
  /** A role to assume with a SAML assertion. It needs no keys. */
  readonly assumeRoleWithSaml?: AssumeRoleWithSaml;
  /** The ids of the only accounts to sync. Default: any. */
  readonly allowedAccountIds?: readonly string[];
  /** The ids of accounts never to sync. Default: none. */
  readonly forbiddenAccountIds?: readonly string[];
  /**
   * The region of the hosts, such as `ap-guangzhou`. Used only if CWP refuses to list the machines of all
   * regions, and for STS. `none` names none. Default: TENCENTCLOUD_CWP_REGION, then TENCENTCLOUD_REGION, then
   * the profile's.
   */
  readonly region?: string;
  /**
   * The domain of Tencent Cloud's hosts, such as `intl.tencentcloudapi.com`. Another one replaces the
   * resources. Default: TENCENTCLOUD_DOMAIN, then `tencentcloudapi.com`.
   */
  readonly domain?: string;
  /**
   * The CWP endpoint: a host, or a URL. `http://` only for a loopback address. Another one replaces the
   * resources. Default: TENCENTCLOUD_CWP_ENDPOINT, then `cwp.` before the domain.
   */
  readonly endpoint?: string;
}

/** A CAM role to assume with a token of an OpenID Connect identity provider. */
interface AssumeRoleWithWebIdentity {
  /** The name of the identity provider in CAM. Default: `OIDC`. */
  readonly providerId?: string;
  /** The token. Default: the one in `webIdentityTokenFile`. */
  readonly webIdentityToken?: string;
  /** A JSON file with the token as its `web_identity_token`. */
  readonly webIdentityTokenFile?: string;
  /**
   * The role's name in full, such as `qcs::cam::uin/100000000001:roleName/deploy`. Default: the one in
   * `roleArnFile`.
   */
  readonly roleArn?: string;
  /** A JSON file with the role's name as its `role_arn`. */
  readonly roleArnFile?: string;
  /** Shown in the account's audit log. Default: `pulumi-tencentcloud-cwp`. */
  readonly sessionName?: string;
  /** How long its temporary credentials live, in seconds, up to 43200. Default: 7200. */
  readonly sessionDuration?: number;
}

/** A CAM role to assume with a SAML assertion. */
interface AssumeRoleWithSaml {
  /** The assertion, in Base64. */
  readonly samlAssertion: string;
  /** The name of the identity provider in full. */
  readonly principalArn: string;
  /** The role's name in full, such as `qcs::cam::uin/100000000001:roleName/deploy`. */
  readonly roleArn: string;
  /** Shown in the account's audit log. Default: `pulumi-tencentcloud-cwp`. */
  readonly sessionName?: string;
  /** How long its temporary credentials live, in seconds, up to 43200. Default: 7200. */
  readonly sessionDuration?: number;
}

/** What must be known of a setting before its value is. */
interface Setting {
  readonly is: "text" | "flag" | "list" | "object";
  /** Kept encrypted in the state, whatever the stack's config or the program says of it. */
  readonly secret?: true;
  /** Another value means another account, and so other resources. In an object, these fields do. */
  readonly replaces?: true | readonly string[];
}

export const settingRules: Readonly<Record<keyof ProviderArgs, Setting>> = {
  secretId: { is: "text" },
  secretKey: { is: "text", secret: true },
  securityToken: { is: "text", secret: true },
  profile: { is: "text", replaces: true },
  sharedCredentialsDir: { is: "text" },
  camRoleName: { is: "text" },
  enablePodOidc: { is: "flag" },
  assumeRole: { is: "object", replaces: ["roleArn"] },
  assumeRoleWithWebIdentity: {
    is: "object",
    secret: true,
    replaces: ["providerId", "roleArn", "roleArnFile"],
  },
  assumeRoleWithSaml: { is: "object", secret: true, replaces: ["principalArn", "roleArn"] },
  allowedAccountIds: { is: "list" },
  forbiddenAccountIds: { is: "list" },
  region: { is: "text" },
  domain: { is: "text", replaces: true },
  endpoint: { is: "text", replaces: true },
};
