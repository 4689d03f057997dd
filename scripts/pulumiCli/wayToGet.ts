/** A way to get the CLI where there is none. */
export interface WayToGet {
  origin: "download" | "Go build";
  /** What to tell before it starts, given why it has come to this. */
  announce(reasons: string): string;
  /** What is missing for it, such as a program. */
  missing?(): Promise<string | undefined>;
  /** Puts the executable into `root/bin`; rejects with the reason if it cannot. */
  get(root: string): Promise<void>;
}
