/** An action of the API, and the services that it may use. */
import type { World } from "../world/world";
import type { Key, Keys } from "./keys";
import type { Role } from "./roles";

/** Takes a remark for the log. */
export type Note = (text: string) => void;

/** One request for an action, checked but for its parameters. */
export interface Call {
  readonly parameters: unknown;
  /** The key that signed it; undefined when it is not signed. */
  readonly signer: Key | undefined;
  readonly note: Note;
}

/** The objects that the actions work on. */
export interface Services {
  readonly keys: Keys;
  readonly roles: readonly Role[];
  /** The CWP of the account with this name. */
  readonly worldOf: (account: string) => World;
}

/** The name of an action that the emulator knows. */
export type ActionName =
  | "SyncMachines"
  | "DescribeMachines"
  | "AssumeRole"
  | "AssumeRoleWithSAML"
  | "AssumeRoleWithWebIdentity"
  | "GetCallerIdentity"
  | "GetSessionToken";

/** An action of an API, with the facts that the gateway needs. */
export interface Action {
  readonly name: ActionName;
  /** The most requests that one account may send in a second. */
  readonly requestsPerSecond: number;
  /** True if the gateway accepts it without a signature, with `Authorization: SKIP`. Default: false. */
  readonly unsigned?: true;
  /** Carries it out, and returns its `Response` without the RequestId. Throws a Failure. */
  carryOut(call: Call, services: Services): object;
}

/** The key that signed a request, for an action that is never unsigned. */
export function signedBy({ signer }: Call): Key {
  if (signer === undefined) {
    throw new Error("The gateway let a request without a signature pass.");
  }
  return signer;
}
