import * as path from "node:path";

/** A release of the Pulumi CLI. */
export interface CliRelease {
  readonly version: string;
  /** The folder of the Go module that builds it. Its go.mod names the version too. */
  readonly module: string;
}

/** The release that is downloaded or built if there is none. */
export const newest: CliRelease = { version: "3.276.0", module: __dirname };

/** The oldest release that the README promises. The matrix runs on it. */
export const lowest: CliRelease = { version: "3.259.0", module: path.join(__dirname, "lowest") };

/** The oldest Go that builds the newest release, as its go.mod says. */
export const oldestGo = "1.26.6";

export const windows = process.platform === "win32";
export const executable = windows ? "pulumi.exe" : "pulumi";
