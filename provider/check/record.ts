import type { Findings } from "./judge";
import type { Observed } from "./observed";

/** The file of `cwp-check --observe FILE`. No key, host, account or RequestId is in it. */
export interface ObservationRecord {
  readonly version: 1;
  /** The name and version of the package that has watched. */
  readonly package: string;
  /** An answer for each request, in the order of the requests. */
  readonly answers: readonly Observed[];
  readonly findings: Findings;
}

/** Writes one answer a line, so that a record is short to read and to compare. */
export function recordText({ answers, ...rest }: ObservationRecord): string {
  const lines = answers.map((answer) => `    ${JSON.stringify(answer)}`).join(",\n");
  const { version, package: by, findings } = rest;
  const fields = JSON.stringify({ version, package: by, answers: [], findings }, undefined, 2);
  return `${fields.replace('"answers": []', `"answers": [\n${lines}\n  ]`)}\n`;
}
