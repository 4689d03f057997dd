/** The release that is got where there is none. go.mod names it too. */
export const pulumiVersion = "3.259.0";

export const windows = process.platform === "win32";
export const executable = windows ? "pulumi.exe" : "pulumi";
