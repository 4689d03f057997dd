import { type CredentialSource, type Credentials, Renewing } from "./credentials";
import { ApiError, CwpError } from "./errors";
import { type Endpoint, httpProfile, send } from "./request";
import { parseStatus, type SyncStatus } from "./status";

/** Where requests go and who signs them. */
export interface Connection extends Endpoint {
  readonly region?: string | undefined;
  readonly credentials: CredentialSource;
}

/** One CWP account at one endpoint. */
export interface CwpClient {
  /**
   * Sends SyncMachines once. `sync: true` asks the service to start a sync, `false` only reads.
   * Throws a CwpError, also when there is no whole answer within `timeoutMs`.
   */
  syncMachines(sync: boolean, timeoutMs: number, signal?: AbortSignal): Promise<SyncStatus>;
}

/** A client of the Tencent Cloud SDK. The SDK is loaded with the first request, since it costs tens of milliseconds. */
export function connect(connection: Connection): CwpClient {
  const credentials = new Renewing(connection.credentials);
  let signer: Credentials = { secretId: "", secretKey: "" };
  let client: ReturnType<typeof openClient> | undefined;

  /** Credentials are found before the SDK asks for them: it would reduce an error to its text. */
  async function findSigner(signal?: AbortSignal): Promise<void> {
    try {
      signer = await credentials.get(signal);
    } catch (error) {
      if (error instanceof CwpError) {
        error.sent = false;
      }
      throw error;
    }
  }

  const sendOnce: CwpClient["syncMachines"] = (sync, timeoutMs, signal) =>
    send(connection, "cwp:SyncMachines", timeoutMs, signal, async (limit) => {
      await findSigner(limit);
      client ??= openClient(connection, async () => signer);
      return parseStatus(await (await client).request("SyncMachines", { Sync: sync }, { signal: limit }));
    });

  return {
    async syncMachines(sync, timeoutMs, signal) {
      try {
        return await sendOnce(sync, timeoutMs, signal);
      } catch (error) {
        if (!isTokenFailure(error)) {
          throw error;
        }
        const refused = signer;
        credentials.forget();
        await findSigner(signal);
        if (signer.secretId === refused.secretId && signer.token === refused.token) {
          throw error;
        }
        return sendOnce(sync, timeoutMs, signal);
      }
    },
  };
}

/** The service takes temporary credentials for ended, or does not know them: looking them up again may help, once. */
function isTokenFailure(error: unknown): boolean {
  return error instanceof ApiError && error.code === "AuthFailure.TokenFailure";
}

async function openClient(connection: Connection, getCredential: () => Promise<Credentials>) {
  const { Client } = await import(
    "tencentcloud-sdk-nodejs-cwp/tencentcloud/services/cwp/v20180228/cwp_client"
  );
  const { region } = connection;
  return new Client({
    credential: { getCredential },
    ...(region !== undefined && { region }),
    profile: { httpProfile: await httpProfile(connection) },
  });
}
