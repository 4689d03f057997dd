import type { ResourceLog } from "../wait/report/progress";

/** What has been said in this process. */
const said = new Set<string>();

/** Warns of each thing once in a process, however many resources it is true for. */
export function tellOnce(warnings: readonly string[], log: ResourceLog): void {
  for (const warning of warnings.filter((one) => !said.has(one))) {
    said.add(warning);
    log.warning(warning);
  }
}
