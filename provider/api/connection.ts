import type { CredentialSource } from "./credentials";

/** The address of a service. */
export interface Endpoint {
  readonly protocol: "http:" | "https:";
  /** Host, with a port if it is not the protocol's own. */
  readonly host: string;
}

/** An endpoint, and the credentials that sign its requests. */
export interface Connection extends Endpoint {
  /** The region whose machines to list, if the service refuses to list all regions. */
  readonly region?: string | undefined;
  readonly credentials: CredentialSource;
  /** A sentence for each setting of the user that has no effect here. */
  readonly warnings?: readonly string[];
}
