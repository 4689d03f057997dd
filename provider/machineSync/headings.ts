/** The headings of docs/troubleshooting.md that messages name. */

export const headings = {
  arguments: "Arguments",
  plugin: "The provider plugin",
  endpoint: "Endpoint, region, proxy",
  credentials: "Signing in",
  network: "No connection, no answer",
  notFromTheApi: "An answer, but not from the API",
  errorCodes: "Error codes",
  unknownState: "An unknown state",
  gaveUp: "When it gives up",
  hosts: "Hosts that CWP does not list",
} as const;

export type Heading = keyof typeof headings;

/** A message with the heading under which the reader finds its cause and what to do. */
export function withHeading(message: string, heading: Heading): string {
  return `${message} See "${headings[heading]}" in docs/troubleshooting.md of pulumi-tencentcloud-cwp.`;
}
