/**
 * The settings of the provider: in the config of the stack under `tencentcloud-cwp:`, or as the arguments of
 * a Provider.
 */
import type { AssumeRole } from "../account/credentials/role";

/** Each setting has the same meaning as in the Tencent Cloud provider. */
export interface ProviderArgs {
  /** The SecretId of an API key. Default: TENCENTCLOUD_SECRET_ID. */
  readonly secretId?: string;
  /** The SecretKey of an API key. Default: TENCENTCLOUD_SECRET_KEY. */
  readonly secretKey?: string;
  /** The token of temporary keys. Default: TENCENTCLOUD_SECURITY_TOKEN. */
  readonly securityToken?: string;
  /**
   * The profile in `~/.tccli` or `~/.tencentcloud/credentials` whose credentials to use if no keys are given.
   * Another profile replaces the resources. Default: TENCENTCLOUD_PROFILE, then `default`.
   */
  readonly profile?: string;
  /** The folder of tccli's profiles. Default: TENCENTCLOUD_SHARED_CREDENTIALS_DIR, then `~/.tccli`. */
  readonly sharedCredentialsDir?: string;
  /**
   * The CVM instance role whose credentials to use, in place of any keys. Default:
   * TENCENTCLOUD_CAM_ROLE_NAME.
   */
  readonly camRoleName?: string;
  /** Use the identity of the TKE pod that runs Pulumi, before everything else. Default: false. */
  readonly enablePodOidc?: boolean;
  /**
   * A role to assume with the credentials found. Another `roleArn` replaces the resources. Default:
   * TENCENTCLOUD_ASSUME_ROLE_ARN with TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME.
   */
  readonly assumeRole?: AssumeRole;
  /**
   * A role to assume with a token of an OpenID Connect identity provider, such as a CI system. It needs no
   * keys.
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
   * The domain of Tencent Cloud's hosts, such as `intl.tencentcloudapi.com`. Another domain replaces the
   * resources. Default: TENCENTCLOUD_DOMAIN, then `tencentcloudapi.com`.
   */
  readonly domain?: string;
  /**
   * The CWP endpoint: a host, or a URL. `http://` only for a loopback address. Another endpoint replaces the
   * resources. Default: TENCENTCLOUD_CWP_ENDPOINT, then `cwp.` before the domain.
   */
  readonly endpoint?: string;
}

/** A CAM role to assume with a token of an OpenID Connect identity provider. */
interface AssumeRoleWithWebIdentity {
  /** The name of the identity provider in CAM. Default: `OIDC`. */
  readonly providerId?: string;
  /** The token. Default: the token in `webIdentityTokenFile`. */
  readonly webIdentityToken?: string;
  /** A JSON file with the token as its `web_identity_token`. */
  readonly webIdentityTokenFile?: string;
  /**
   * The role's name in full, such as `qcs::cam::uin/100000000001:roleName/deploy`. Default: the name in
   * `roleArnFile`.
   */
  readonly roleArn?: string;
  /** A JSON file with the role's name as its `role_arn`. */
  readonly roleArnFile?: string;
  /** Shown in the account's audit log. Default: `pulumi-tencentcloud-cwp`. */
  readonly sessionName?: string;
  /** The life of its temporary credentials, in seconds, up to 43200. Default: 7200. */
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
  /** The life of its temporary credentials, in seconds, up to 43200. Default: 7200. */
  readonly sessionDuration?: number;
}

/** The rules of a setting. */
interface Setting {
  readonly is: "text" | "flag" | "list" | "object";
  /** Always encrypted in the state, even if the stack's config or the program does not mark it secret. */
  readonly secret?: true;
  /** Another value means another account, and so other resources. In an object, only these fields count. */
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
