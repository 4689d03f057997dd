import type { CliRelease } from "./cliRelease";

/** A way to get a release of the CLI that is not there. */
export interface WayToGet {
  origin: "download" | "Go build";
  /** The line to print before it starts, with the reasons for it. */
  announce(version: string, reasons: string): string;
  /** The missing requirement, such as a program. */
  missing?(): Promise<string | undefined>;
  /** Puts the executable into `root/bin`; rejects with the reason if it cannot. */
  get(root: string, release: CliRelease): Promise<void>;
}
