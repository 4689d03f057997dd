/** The emulator's account, as the settings of a stack name it. */
import { emulatorAccount } from "../../emulator";
import type { EntryPoint } from "./stack";

/** In the config. The plugin sees only settings under its own name. */
export function inConfig(entryPoint: EntryPoint, { url }: Endpoint, account: Account = emulatorAccount) {
  const namespace = entryPoint === "plugin" ? "tencentcloud-cwp" : "tencentcloud";
  return {
    "tencentcloud-cwp:endpoint": url,
    [`${namespace}:secretId`]: account.secretId,
    [`${namespace}:secretKey`]: { value: account.secretKey, secret: true as const },
  };
}

/** In the environment, which both entry points read. */
export function inEnvironment({ url }: Endpoint, account: Account = emulatorAccount) {
  return {
    TENCENTCLOUD_CWP_ENDPOINT: url,
    TENCENTCLOUD_SECRET_ID: account.secretId,
    TENCENTCLOUD_SECRET_KEY: account.secretKey,
  };
}

interface Endpoint {
  readonly url: string;
}

interface Account {
  readonly secretId: string;
  readonly secretKey: string;
}
