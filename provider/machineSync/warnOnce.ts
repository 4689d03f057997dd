import type { ResourceLog } from "../wait/report/progress";

/** The warnings that this process has given. */
const said = new Set<string>();

/** Gives each warning once in a process, even if it is true for several resources. */
export function warnOnce(warnings: readonly string[], log: ResourceLog): void {
  for (const warning of warnings.filter((one) => !said.has(one))) {
    said.add(warning);
    log.warning(warning);
  }
}
