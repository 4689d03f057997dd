import type { Faults } from "../emulator/world/faults";

/**
 * An account that has synced before. The end of the first sync of all is known only if that sync was seen in
 * progress, and a sync that takes no time is never seen.
 */
export function history(seconds = 10): Faults {
  return { foreignSyncs: [{ atMs: Date.now() - 3_600_000, seconds }] };
}
