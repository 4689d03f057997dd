/** The pages of docs/ that messages name, and the headings of docs/troubleshooting.md. */
import { existsSync } from "node:fs";
import * as path from "node:path";

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

/**
 * The path of a page of docs/ at which the reader finds it: in node_modules, from the folder of the program, or else beside
 * this code, as in the folder of the plugin's archive.
 */
export function pathOfPage(page: string): string {
  const inProgram = `node_modules/pulumi-tencentcloud-cwp/docs/${page}`;
  // The archive has the code in its own folder, the package three folders deep.
  const besideCode = [".", "../../.."].map((folder) => path.join(__dirname, folder, "docs", page));
  return [inProgram, ...besideCode].find((file) => existsSync(file)) ?? inProgram;
}

/** A message with the heading under which the reader finds its cause and what to do. */
export function withHeading(message: string, heading: Heading): string {
  return `${message} See "${headings[heading]}" in ${pathOfPage("troubleshooting.md")}.`;
}
