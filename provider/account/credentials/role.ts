import { SettingsError } from "../../cwp/errors";
import { isObject } from "../../cwp/isObject";
import type { Config, Environment } from "../config";
import type { AssumeRole } from "./assumedRole";

/** The role in the config, which the Tencent Cloud provider keeps as an object. */
export function roleOfConfig(config: Config): AssumeRole | undefined {
  const text = config("tencentcloud:assumeRole");
  if (!text) {
    return undefined;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below, as for any other value that is no such object.
  }
  const wrong = wrongInRole(value);
  if (wrong) {
    throw new SettingsError(
      `tencentcloud:assumeRole cannot be used: ${wrong}. Set it with "pulumi config set --path tencentcloud:assumeRole.roleArn".`,
    );
  }
  return value as AssumeRole;
}

export function roleOfEnvironment(env: Environment): AssumeRole | undefined {
  const roleArn = env.TENCENTCLOUD_ASSUME_ROLE_ARN;
  if (!roleArn) {
    return undefined;
  }
  const seconds = env.TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION;
  const role = {
    roleArn,
    sessionName: env.TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME || undefined,
    sessionDuration: seconds ? Number(seconds) : undefined,
    externalId: env.TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID || undefined,
  };
  const wrong = wrongInRole(role);
  if (wrong) {
    throw new SettingsError(`TENCENTCLOUD_ASSUME_ROLE_… cannot be used: ${wrong}.`);
  }
  return role;
}

/** What is wrong with a role to assume; undefined if nothing is. `unknown` stands for a value that a preview does not know yet. */
export function wrongInRole(role: unknown, unknown?: string): string | undefined {
  if (!isObject(role)) {
    return "it must be an object with a roleArn";
  }
  const { roleArn, sessionName, sessionDuration, externalId, ...others } = role;
  const isText = (value: unknown) => value === undefined || (typeof value === "string" && value !== "");
  if (!isText(roleArn) || roleArn === undefined) {
    return "roleArn must be a role such as qcs::cam::uin/100000000001:roleName/deploy";
  }
  if (!isText(sessionName) || !isText(externalId)) {
    return `${isText(sessionName) ? "externalId" : "sessionName"} must be a text`;
  }
  const seconds = sessionDuration ?? 7200;
  if (
    seconds !== unknown &&
    !(Number.isInteger(seconds) && Number(seconds) > 0 && Number(seconds) <= 43_200)
  ) {
    return "sessionDuration must be a whole number of seconds up to 43200";
  }
  const [other] = Object.keys(others);
  return other === undefined ? undefined : `it has no property ${other}`;
}
