/** Signed requests, with keys that are found again where the service refuses them. */
import { ApiService, type ServiceAddress } from "./apiService";
import { type CredentialSource, fingerprint, type Signer } from "./credentials";
import { ApiError, CwpError } from "./errors";
import { RenewedCredentials } from "./renewedCredentials";

/**
 * Sends the actions of one service for one account, with credentials that are renewed in time. Where the
 * service refuses the keys, they are found again once: a role's credentials may have been ended, or a
 * profile's file may have been replaced.
 */
export class SignedCalls {
  private readonly service: ApiService;
  private readonly credentials: RenewedCredentials;
  private lastAccount = "";

  constructor(
    private readonly address: ServiceAddress,
    credentials: CredentialSource,
  ) {
    this.service = new ApiService(address);
    this.credentials = new RenewedCredentials(credentials);
  }

  /**
   * The fingerprint of the endpoint and of who signed the last request that was answered; "" before the first
   * answer.
   */
  get account(): string {
    return this.lastAccount;
  }

  /**
   * Sends one action. Resolves with the `Response` object. A renewal and the request after it keep to the
   * same time limit.
   */
  async send(action: string, params: object, timeoutMs: number, signal?: AbortSignal): Promise<unknown> {
    const started = performance.now();
    let signer: Signer | undefined;
    const find = async (limit: AbortSignal) => {
      try {
        signer = await this.credentials.get(limit);
        return signer;
      } catch (error) {
        if (error instanceof CwpError) {
          error.sent = false;
        }
        throw error;
      }
    };
    const answered = (response: unknown) => {
      this.lastAccount = signer ? fingerprint(this.address.host, signer.who) : "";
      return response;
    };
    try {
      return answered(await this.service.request(action, params, find, timeoutMs, signal));
    } catch (error) {
      if (!refusesKeys(error)) {
        throw error;
      }
      const refused = signer;
      const findOthers = async (limit: AbortSignal) => {
        const found = await find(limit);
        if (refused && sameKeys(found, refused)) {
          throw error;
        }
        return found;
      };
      this.credentials.forget();
      const left = Math.max(1, timeoutMs - (performance.now() - started));
      return answered(await this.service.request(action, params, findOthers, left, signal));
    }
  }
}

function sameKeys(one: Signer, other: Signer): boolean {
  return one.secretId === other.secretId && one.secretKey === other.secretKey && one.token === other.token;
}

/** Codes of AuthFailure that other keys would not change. */
const notTheKeys = ["AuthFailure.SignatureExpire", "AuthFailure.UnauthorizedOperation"];

function refusesKeys(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    error.sent &&
    /^AuthFailure(\.|$)/.test(error.code) &&
    !notTheKeys.includes(error.code)
  );
}
