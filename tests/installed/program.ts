import * as fs from "node:fs";
import * as path from "node:path";
import type { Row } from "./rows";

/** The language of a program. */
export type Language = Pick<Row, "typescript" | "modules">;

const ecmaScript = `import * as pulumi from "@pulumi/pulumi";
import { getMachineSyncStatus, MachineSync } from "pulumi-tencentcloud-cwp";

const hosts = [pulumi.output("ins-1"), pulumi.output("ins-2")];

const sync = new MachineSync("machines", { triggers: hosts }, { customTimeouts: { create: "2m" } });

export const state = sync.state;
export const latestEndTime = sync.latestEndTime;
export const asked = sync.latestEndTime.apply(() => getMachineSyncStatus());
`;

const typeScript = `${ecmaScript}
// The promises of the types.
export const seconds: pulumi.Output<number | undefined> = sync.durationSeconds;
`;

const commonJs = `const pulumi = require("@pulumi/pulumi");
const { getMachineSyncStatus, MachineSync } = require("pulumi-tencentcloud-cwp");

const hosts = [pulumi.output("ins-1"), pulumi.output("ins-2")];

const sync = new MachineSync("machines", { triggers: hosts }, { customTimeouts: { create: "2m" } });

exports.state = sync.state;
exports.latestEndTime = sync.latestEndTime;
exports.asked = sync.latestEndTime.apply(() => getMachineSyncStatus());
`;

/** Only type-checked. */
const typesOfEmulator = `import { Emulator, startEmulator } from "pulumi-tencentcloud-cwp/emulator";

export async function urlOfEmulator(): Promise<string> {
    const emulator: Emulator = await startEmulator({ syncSeconds: 1 });
    await emulator.stop();
    return emulator.url;
}
`;

/** Run beside the program: the emulator, as the installed package has it. */
const emulator = `import { emulatorAccount, startEmulator } from "pulumi-tencentcloud-cwp/emulator";

const { url } = await startEmulator({ syncSeconds: 1 });
console.log(JSON.stringify({ url, ...emulatorAccount }));
`;

/** Writes a Pulumi program with one MachineSync, and all its files but the node modules. */
export function writeProgram(
  folder: string,
  { typescript, modules }: Language,
  dependencies: Readonly<Record<string, string>> = {},
): void {
  const main = typescript ? "index.ts" : "index.js";
  const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
  fs.mkdirSync(folder, { recursive: true });
  write("Pulumi.yaml", "name: app\nruntime: nodejs\n");
  write(
    "package.json",
    JSON.stringify(
      {
        name: "app",
        private: true,
        main,
        ...(modules === "ESM" && { type: "module" }),
        dependencies,
      },
      undefined,
      2,
    ),
  );
  write("emulator.mjs", emulator);
  if (typescript) {
    write(main, typeScript);
    // The emulator's declarations need a TypeScript of this decade.
    if (typescript !== "vendored") {
      write("typesOfEmulator.ts", typesOfEmulator);
    }
    write("tsconfig.json", JSON.stringify({ compilerOptions: compilerOptions({ typescript, modules }) }));
  } else {
    write(main, modules === "ESM" ? ecmaScript : commonJs);
  }
}

function compilerOptions({ typescript, modules }: Language): object {
  // TypeScript 6 calls node10 deprecated, and older versions know it as node.
  const resolution = modules === "ESM" || typescript === "6" ? "nodenext" : "node";
  return {
    strict: true,
    skipLibCheck: false,
    target: "es2020",
    module: resolution === "nodenext" ? "nodenext" : "commonjs",
    moduleResolution: resolution,
  };
}
