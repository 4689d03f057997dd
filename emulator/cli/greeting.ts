import type { Account } from "../api/keys";
import { emulatorAccount } from "../http/options";

/**
 * The first words at a terminal: commands that point a stack at the emulator. They show no key that the user
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
