import type { CredentialSource } from "./credentials";

/** Where requests go. */
export interface Endpoint {
  readonly protocol: "http:" | "https:";
  /** Host, with a port where it is not the protocol's own. */
  readonly host: string;
}

/** Where requests go and who signs them. */
export interface Connection extends Endpoint {
  /** The region whose machines to list, if the service refuses to list those of all regions. */
  readonly region?: string | undefined;
  readonly credentials: CredentialSource;
  /** What the user should know of settings that change nothing here: a sentence each. */
  readonly warnings?: readonly string[];
}
