import type { Account } from "../api/keys";
import { emulatorAccount } from "../http/options";

/**
 * Tells a person at a terminal how to use the emulator: the environment that leads to it, which the dynamic
 * resource and the plugin read alike, and how to add a host. It shows no key that the person has chosen.
 */
export function greeting(url: string, { secretId, secretKey, token }: Account): string {
  const key = secretKey === emulatorAccount.secretKey ? secretKey : "'the --secret-key'";
  return `
Set this in the terminal that runs your program:
  export TENCENTCLOUD_CWP_ENDPOINT=${url}
  export TENCENTCLOUD_SECRET_ID=${secretId}
  export TENCENTCLOUD_SECRET_KEY=${key}
${token === undefined ? "" : "  export TENCENTCLOUD_SECURITY_TOKEN='the --token'\n"}
Add a host, which CWP lists after the next sync:
  curl -d '{"id": "ins-web"}' ${url}/_emulator/hosts

A line for each request follows. Ctrl-C ends the emulator.
`;
}
