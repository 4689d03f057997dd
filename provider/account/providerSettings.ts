import { SettingsError } from "../api/errors";
import type { Environment, Settings } from "./config";

/** A setting of the Tencent Cloud provider, and its effect in this package. */
export interface ProviderSetting {
  /** Its names in the config. A block has two: the provider's two Pulumi packages spell it differently. */
  readonly names: readonly [string, ...string[]];
  /** Its names in the environment. */
  readonly environment: readonly string[];
  /**
   * `honoured`: as in the provider. `refused`, `warned`: not supported, with a message. `none`: no meaning
   * for CWP.
   */
  readonly here: "honoured" | "refused" | "warned" | "none";
  /** The reason of the refusal or warning: a sentence that follows its name. */
  readonly why?: string;
  /** The names in the environment that must all be set for it to mean anything. Default: any. */
  readonly needs?: readonly string[];
  /** The value that needs no warning, in capitals. */
  readonly same?: string;
}

const role = "TENCENTCLOUD_ASSUME_ROLE_";
const mfa = "TENCENTCLOUD_MFA_CERTIFICATION_";

/** All settings of the Tencent Cloud provider 1.83.25, in the order of its documentation. */
export const providerSettings: readonly ProviderSetting[] = [
  { names: ["secretId"], environment: ["TENCENTCLOUD_SECRET_ID"], here: "honoured" },
  { names: ["secretKey"], environment: ["TENCENTCLOUD_SECRET_KEY"], here: "honoured" },
  { names: ["securityToken"], environment: ["TENCENTCLOUD_SECURITY_TOKEN"], here: "honoured" },
  { names: ["region"], environment: ["TENCENTCLOUD_REGION"], here: "honoured" },
  {
    names: ["protocol"],
    environment: ["TENCENTCLOUD_PROTOCOL"],
    here: "warned",
    why: "has no effect on CWP: requests go over HTTPS, except to a loopback address.",
    same: "HTTPS",
  },
  { names: ["domain"], environment: ["TENCENTCLOUD_DOMAIN"], here: "honoured" },
  { names: ["cosDomain"], environment: ["TENCENTCLOUD_COS_DOMAIN"], here: "none" },
  {
    names: ["assumeRole", "assumeRoles"],
    environment: [
      `${role}ARN`,
      `${role}SESSION_NAME`,
      `${role}SESSION_DURATION`,
      `${role}EXTERNAL_ID`,
      `${role}SOURCE_IDENTITY`,
      `${role}SERIAL_NUMBER`,
      `${role}TOKEN_CODE`,
    ],
    here: "honoured",
  },
  {
    names: ["assumeRoleWithSaml", "assumeRoleWithSamls"],
    environment: [`${role}SAML_ASSERTION`, `${role}PRINCIPAL_ARN`],
    here: "honoured",
  },
  {
    names: ["assumeRoleWithWebIdentity", "assumeRoleWithWebIdentities"],
    environment: [`${role}PROVIDER_ID`, `${role}WEB_IDENTITY_TOKEN`, `${role}WEB_IDENTITY_TOKEN_FILE`],
    here: "honoured",
  },
  {
    names: ["enablePodOidc"],
    environment: ["TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN"],
    here: "honoured",
  },
  { names: ["sharedCredentialsDir"], environment: ["TENCENTCLOUD_SHARED_CREDENTIALS_DIR"], here: "honoured" },
  { names: ["profile"], environment: ["TENCENTCLOUD_PROFILE"], here: "honoured" },
  { names: ["camRoleName"], environment: ["TENCENTCLOUD_CAM_ROLE_NAME"], here: "honoured" },
  {
    names: ["mfaCertification", "mfaCertifications"],
    environment: [`${mfa}SERIAL_NUMBER`, `${mfa}TOKEN_CODE`, `${mfa}DURATION_SECONDS`],
    needs: [`${mfa}SERIAL_NUMBER`, `${mfa}TOKEN_CODE`],
    here: "refused",
    why: 'cannot be used here: a code serves once, and the Tencent Cloud provider uses it. Get temporary keys with "tccli sts GetSessionToken" and set these keys, with their token, for both.',
  },
  { names: ["allowedAccountIds"], environment: [], here: "honoured" },
  { names: ["forbiddenAccountIds"], environment: [], here: "honoured" },
];

/** Throws a SettingsError for a setting that is refused. */
export function refuseUnsupported(settings: Settings, env: Environment): void {
  const [refused] = notes("refused", settings, env);
  if (refused) {
    throw new SettingsError(refused);
  }
}

/** Returns a sentence for each setting that has no effect here, but has one on the provider. */
export function warningsOf(settings: Settings, env: Environment): string[] {
  return notes("warned", settings, env);
}

function notes(here: ProviderSetting["here"], settings: Settings, env: Environment): string[] {
  return providerSettings
    .filter((setting) => setting.here === here)
    .flatMap((setting) => {
      const name = findName(setting, settings, env);
      return name === undefined ? [] : [`${name} ${setting.why}`];
    });
}

function findName(
  { names, environment, needs, same }: ProviderSetting,
  settings: Settings,
  env: Environment,
): string | undefined {
  const isInEffect = (value: string | undefined) => value && value.toUpperCase() !== same && value !== "[]";
  const inConfig = names.find((name) => isInEffect(settings.read(name)));
  if (inConfig) {
    return settings.nameOf(inConfig);
  }
  const inEnvironment = needs
    ? needs.every((name) => env[name])
    : environment.some((name) => isInEffect(env[name]));
  return inEnvironment ? environment[0] : undefined;
}
