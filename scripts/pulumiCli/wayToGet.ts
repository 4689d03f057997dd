import type { CliRelease } from "./cliRelease";

/** A way to get a release of the CLI that is not there. */
export interface WayToGet {
  origin: "download" | "Go build";
  /** What to tell before it starts, given why it has come to this. */
  announce(version: string, reasons: string): string;
  /** What is missing for it, such as a program. */
  missing?(): Promise<string | undefined>;
  /** Puts the executable into `root/bin`; rejects with the reason if it cannot. */
  get(root: string, release: CliRelease): Promise<void>;
}
