import { ApiService, type ServiceAddress } from "./apiService";
import { fingerprint, type Signer } from "./credentials";
import { ApiError, CwpError, NoAnswer } from "./errors";
import type { RenewedCredentials } from "./renewedCredentials";

/** The `Response` object of an answer, unread, and the account that gave it. */
export interface SignedResponse {
  readonly response: unknown;
  /**
   * A fingerprint of the endpoint's host and of the identity that signed the request: 32 hex digits, the same
   * for the same account in every process.
   */
  readonly account: string;
}

/**
 * Sends the actions of one service for one account, with credentials that are renewed in time. If the service
 * refuses the keys, they are found again once: a role's credentials may have ended, or a profile's file may
 * be new.
 */
export class SignedCalls {
  private readonly service: ApiService;

  constructor(
    private readonly address: ServiceAddress,
    private readonly credentials: RenewedCredentials,
  ) {
    this.service = new ApiService(address);
  }

  /** Sends one action. A renewal and the request after it keep to the same time limit. */
  async send(
    action: string,
    params: object,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<SignedResponse> {
    const started = performance.now();
    let signer: Signer | undefined;
    const find = async (limit: AbortSignal) => {
      try {
        signer = await this.credentials.get(limit);
        return signer;
      } catch (error) {
        if (signal?.aborted) {
          throw error;
        }
        // Else the time of the request was over before the search ended.
        const known = error instanceof CwpError ? error : explainSlowSearch();
        known.sent = false;
        throw known;
      }
    };
    const withAccount = (response: unknown) => ({
      response,
      account: signer ? fingerprint(this.address.host, signer.who) : "",
    });
    try {
      return withAccount(await this.service.request(action, params, find, timeoutMs, signal));
    } catch (error) {
      if (!isRefusalOfKeys(error)) {
        throw error;
      }
      const refused = signer;
      if (refused) {
        this.credentials.forget(refused);
      }
      const findOthers = async (limit: AbortSignal) => {
        const found = await find(limit);
        if (refused && hasSameKeys(found, refused)) {
          throw error;
        }
        return found;
      };
      const left = Math.max(1, timeoutMs - (performance.now() - started));
      return withAccount(await this.service.request(action, params, findOthers, left, signal));
    }
  }
}

function explainSlowSearch(): NoAnswer {
  return new NoAnswer(
    "RequestTimeout",
    "The credentials were not found in time: STS or the metadata service is slow. Check the network and the proxy settings (HTTPS_PROXY, NO_PROXY).",
    "yes",
    "credentials",
  );
}

function hasSameKeys(one: Signer, other: Signer): boolean {
  return one.secretId === other.secretId && one.secretKey === other.secretKey && one.token === other.token;
}

/** The codes of AuthFailure that other keys would not change. */
const notTheKeys = ["AuthFailure.SignatureExpire", "AuthFailure.UnauthorizedOperation"];

function isRefusalOfKeys(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    error.sent &&
    /^AuthFailure(\.|$)/.test(error.code) &&
    !notTheKeys.includes(error.code)
  );
}
