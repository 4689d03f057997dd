/** What `cwp-check --observe FILE` writes. */
import type { Findings } from "./judge";
import type { Observed } from "./observed";

/** No key, host, account or RequestId is in it. */
export interface ObservationRecord {
  readonly version: 1;
  /** The name and version of the package that has watched. */
  readonly package: string;
  /** One for each request, in the order in which they were sent. */
  readonly answers: readonly Observed[];
  readonly findings: Findings;
}

/** One answer a line, so that a record is short to read and to compare. */
export function recordText({ answers, ...rest }: ObservationRecord): string {
  const lines = answers.map((answer) => `    ${JSON.stringify(answer)}`).join(",\n");
  const { version, package: by, findings } = rest;
  const fields = JSON.stringify({ version, package: by, answers: [], findings }, undefined, 2);
  return `${fields.replace('"answers": []', `"answers": [\n${lines}\n  ]`)}\n`;
}
