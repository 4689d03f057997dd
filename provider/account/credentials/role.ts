import { SettingsError } from "../../api/errors";
import { isObject } from "../../api/isObject";
import type { Environment, Settings } from "../config";
import { readBlock, readFields, wrongBlock } from "./block";

/** A CAM role to assume on top of other credentials. */
export interface AssumeRole {
  /** `qcs::cam::uin/100000000001:roleName/deploy`. */
  readonly roleArn: string;
  /** Shown in the audit log of the account. Default: `pulumi-tencentcloud-cwp`. */
  readonly sessionName?: string | undefined;
  /**
   * The life of the temporary credentials, in seconds. They are renewed in time. Default, also for 0: 7200.
   */
  readonly sessionDuration?: number | string | undefined;
  /** The external id that the role's trust policy may ask for. */
  readonly externalId?: string | undefined;
  /** A policy, as JSON text, that narrows what the role may do. */
  readonly policy?: string | undefined;
  /** The uin of the calling user, for the audit log. */
  readonly sourceIdentity?: string | undefined;
  /** The MFA device of the calling user. */
  readonly serialNumber?: string | undefined;
  /** The code that the MFA device shows. It works once. */
  readonly tokenCode?: string | undefined;
}

/** A role, and the setting that names it: `tencentcloud:assumeRole`. */
export interface NamedRole {
  readonly role: AssumeRole;
  readonly setting: string;
}

/** The session name if no setting names the session. */
export const SESSION_NAME = "pulumi-tencentcloud-cwp";

/** The default life of temporary credentials, in seconds. */
const SESSION_SECONDS = 7200;

/** Returns the role of the config. Fields that it leaves out default to the environment. */
export function roleOfConfig(settings: Settings, env: Environment): NamedRole | undefined {
  const block = readBlock(["assumeRole", "assumeRoles"], "roleArn", settings);
  if (!block) {
    return undefined;
  }
  const role = readFields(block, { ...inEnvironment(env), policy: undefined });
  const wrong = wrongInRole(role);
  if (wrong) {
    throw wrongBlock(block, wrong);
  }
  return { role: role as AssumeRole, setting: block.setting };
}

/** Returns the role of the environment. As in the provider, it counts only if its session has a name too. */
export function roleOfEnvironment(env: Environment): NamedRole | undefined {
  const { roleArn, sessionName, ...others } = inEnvironment(env);
  if (!roleArn || !sessionName) {
    return undefined;
  }
  const given = Object.entries(others).filter(([, value]) => value);
  const role = { roleArn, sessionName, ...Object.fromEntries(given) };
  const wrong = wrongInRole(role);
  if (wrong) {
    throw new SettingsError(`TENCENTCLOUD_ASSUME_ROLE_… cannot be used: ${wrong}.`);
  }
  return { role, setting: "TENCENTCLOUD_ASSUME_ROLE_ARN" };
}

function inEnvironment(env: Environment) {
  return {
    roleArn: env.TENCENTCLOUD_ASSUME_ROLE_ARN,
    sessionName: env.TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME,
    sessionDuration: env.TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION,
    externalId: env.TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID,
    sourceIdentity: env.TENCENTCLOUD_ASSUME_ROLE_SOURCE_IDENTITY,
    serialNumber: env.TENCENTCLOUD_ASSUME_ROLE_SERIAL_NUMBER,
    tokenCode: env.TENCENTCLOUD_ASSUME_ROLE_TOKEN_CODE,
  };
}

/**
 * Returns the fault of a role to assume; undefined if there is none. `unknown` is the text for a value that a
 * preview does not know yet.
 */
export function wrongInRole(role: unknown, unknown?: string): string | undefined {
  if (!isObject(role)) {
    return "it must be an object with a roleArn";
  }
  const { roleArn, sessionDuration, ...others } = role;
  if (typeof roleArn !== "string" || roleArn === "") {
    return "roleArn must be a role such as qcs::cam::uin/100000000001:roleName/deploy";
  }
  const other = Object.keys(others).find((name) => !texts.includes(name));
  if (other !== undefined) {
    return `it has no property ${other}`;
  }
  const bad = texts.find((name) => !isTextOrAbsent(others[name]));
  if (bad !== undefined) {
    return `${bad} must be a text`;
  }
  return sessionDuration === unknown ? undefined : wrongInDuration(sessionDuration);
}

const texts = ["sessionName", "externalId", "policy", "sourceIdentity", "serialNumber", "tokenCode"];

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || (typeof value === "string" && value !== "");
}

/** Returns the fault of the length of a session; undefined if there is none. */
export function wrongInDuration(seconds: unknown): string | undefined {
  const isWhole = typeof seconds === "string" ? /^\d+$/.test(seconds) : Number.isInteger(seconds);
  const fits = isWhole && Number(seconds) >= 0 && Number(seconds) <= 43_200;
  return seconds === undefined || fits
    ? undefined
    : "sessionDuration must be a whole number of seconds up to 43200";
}

export function durationOf(seconds: number | string | undefined): number {
  return Number(seconds) || SESSION_SECONDS;
}
