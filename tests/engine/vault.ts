/**
 * As much of HashiCorp Vault as Pulumi asks for: it decrypts the key that a stack's secrets are encrypted
 * with. From a passphrase, each run of the CLI would derive that key again, in 0.3 s of processor.
 */
import { once } from "node:events";
import * as http from "node:http";

/** The stack's setting for it. All stacks have one key, so that an encrypted text can be copied. */
export const secretsProvider = {
  secretsprovider: "hashivault://test",
  encryptedkey: Buffer.from("vault:v1:test").toString("base64"),
};

const answer = { data: { plaintext: Buffer.from("The key of the test stacks' data").toString("base64") } };

let started: Promise<Record<string, string>> | undefined;

/** Starts it, once for this process, which it does not keep alive. Returns the variables with its address. */
export function findOrStartVault(): Promise<Record<string, string>> {
  started ??= start();
  return started;
}

async function start(): Promise<Record<string, string>> {
  const server = http.createServer((_request, response) => response.end(JSON.stringify(answer)));
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { VAULT_ADDR: `http://127.0.0.1:${port}`, VAULT_TOKEN: "test" };
}
