/** The first words to a person at a terminal. */
import type { Account } from "../api/keys";
import { emulatorAccount } from "../http/options";

/**
 * What to tell a person at a terminal: how to point a stack at the emulator. It names no key that somebody
 * chose.
 */
export function greeting(url: string, { secretId, secretKey, token }: Account): string {
  // Without a value, `pulumi config set` asks for it.
  const key = secretKey === emulatorAccount.secretKey ? ` ${secretKey}` : "";
  return `
Point a Pulumi stack at it:
  pulumi config set tencentcloud-cwp:endpoint ${url}
  pulumi config set tencentcloud:secretId ${secretId}
  pulumi config set --secret tencentcloud:secretKey${key}
${token === undefined ? "" : "  pulumi config set --secret tencentcloud:securityToken\n"}
Its requests follow. Ctrl-C ends it.
`;
}
