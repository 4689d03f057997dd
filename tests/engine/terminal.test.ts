import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { type Emulator, startEmulator } from "../../emulator";
import { rowsOf, type Screen } from "../../scripts/picture/screen";
import { StackAtTerminal } from "../../scripts/picture/stackAtTerminal";
import type { EntryPoint } from "./stack";

/** The sync before took this long, in seconds: the first estimate of the next one. */
const SYNC_SECONDS = 45;
/** What a glance needs of `45 s left`: the number and its unit. */
const estimate = / {2}(\[diff: ~triggers\]; )?45 s( left| lef| le| l)?$/;
/** The CLI's own words, if they leave no place for the estimate of an update. */
const cut = / {2}\[diff: ?~?t?r?i?g?g?e?r?s?\]?$/;

const [create, update] = [{ triggers: ["ins-web"] }, { triggers: ["ins-web", "ins-db"] }];

/** The CLI's text for a MachineSync beside its clock while it syncs. */
function rowOf(screen: Screen): string {
  return rowsOf(screen).find((row) => / machines +(creating|updating) \(\d+s\)/.test(row)) ?? "";
}

describe("An interactive `pulumi up`", function () {
  this.timeout(180_000);

  before(function () {
    if (spawnSync("python3", ["--version"]).status !== 0) {
      this.skip(); // Nothing else here gives the CLI a terminal.
    }
  });

  const begun: { emulator: Emulator; stack?: StackAtTerminal }[] = [];
  afterEach(async () => {
    for (const { emulator, stack } of begun.splice(0)) {
      await stack?.remove();
      await emulator.stop();
    }
  });

  /** Runs a create and then an update at a terminal, and checks the row of each. */
  async function show(
    entryPoint: EntryPoint,
    columns: number,
    created: RegExp,
    updated: RegExp,
  ): Promise<void> {
    const emulator = await startEmulator({ syncSeconds: SYNC_SECONDS });
    const one: (typeof begun)[number] = { emulator };
    begun.push(one);
    emulator.world().startForeignSync();
    emulator.advance(2 * SYNC_SECONDS);
    one.stack = await StackAtTerminal.create(entryPoint, "web", emulator.url);
    for (const [args, shows] of [
      [create, created],
      [update, updated],
    ] as const) {
      const starts = () => emulator.requests.filter(({ sync }) => sync).length;
      const before = starts();
      let ends = false;
      const rows: string[] = [];
      await one.stack.up(args, ["--yes", "--skip-preview"], {
        rows: 24,
        columns,
        onScreen(screen) {
          rows.push(rowOf(screen));
          if (!ends && starts() > before && shows.test(rowOf(screen))) {
            ends = true;
            emulator.advance(SYNC_SECONDS);
          }
        },
      });
      assert.ok(
        rows.some((row) => shows.test(row)),
        `at ${columns} columns:\n${rows.join("\n")}`,
      );
    }
  }

  // docs/troubleshooting.md has these widths.
  it("shows how long the sync still takes, by the plugin, at 100 and 120 columns, and a create at 80", async () => {
    await Promise.all([
      show("plugin", 80, estimate, cut),
      show("plugin", 100, estimate, estimate),
      show("plugin", 120, estimate, estimate),
    ]);
  });

  it("shows it by the dynamic resource, whose type takes 50 columns, at 120 columns, and a create at 100", async () => {
    await Promise.all([show("dynamic", 100, estimate, cut), show("dynamic", 120, estimate, estimate)]);
  });
});
