/**
 * A request that the API refuses, with an error code of Tencent Cloud. The gateway sends it with HTTP status
 * 200, in `{"Response":{"Error":{"Code","Message"},"RequestId"}}`, as the real one does.
 */
export class Failure extends Error {
  constructor(
    /** The code as Tencent Cloud documents it, e.g. `AuthFailure.SignatureFailure`. */
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "Failure";
  }
}
