import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { help as emulatorHelp } from "../../emulator/cli/flags";
import { pulumiSettings } from "../../provider/account/config";
import { resolveConnection } from "../../provider/account/settings";
import { help as checkHelp } from "../../provider/check/help";
import { settingRules } from "../../provider/plugin/providerArgs";
import { root } from "./documents";
import type { Document } from "./markdown";
import { blocksInClone, commandsInSentences, shellCommands } from "./shell";

/** The flags of this package's own commands, as their helps have them. */
const flags = [
  { command: "cwp-emulator", known: new Set(emulatorHelp.match(/--[a-z-]+/g)) },
  { command: "cwp-check", known: new Set(checkHelp.match(/--[a-z-]+/g)) },
];
const settings = settingsRead();

/**
 * The mistakes in the shell commands of a document: npm scripts, flags of this package's commands, and
 * settings that do not exist.
 */
export function wrongCommands(document: Document): string[] {
  const here = path.dirname(document.path);
  const ofClone = scriptsIn(".");
  // A sentence may be about the clone, whatever the folder.
  const any = [...scriptsIn(here), ...ofClone];
  return [
    ...shellCommands(document).flatMap(({ line, command, folder, block }) => {
      const own = blocksInClone(document).has(block) ? ofClone : scriptsIn(path.join(here, folder));
      return [...wrongScripts(command, own), ...wrongFlags(command), ...wrongSettings(command)].map(
        (wrong) => `${document.path}:${line}: ${wrong}`,
      );
    }),
    ...commandsInSentences(document, "npm").flatMap((command) =>
      wrongScripts(command, any).map((wrong) => `${document.path}: ${wrong}`),
    ),
  ];
}

function wrongScripts(command: string, scripts: readonly string[]): string[] {
  return [...command.matchAll(/\bnpm (?:run(?: -s)? (\S+)|(test|start)\b)/g)]
    .map(([, run, test]) => run ?? test ?? "")
    .filter((name) => !scripts.includes(name))
    .map((name) => `there is no npm script "${name}": there are ${scripts.join(", ")}.`);
}

/** The scripts of the package.json that npm takes in a folder. */
function scriptsIn(of: string): string[] {
  let folder = path.join(root, of);
  while (!existsSync(path.join(folder, "package.json"))) {
    folder = path.dirname(folder);
  }
  const { scripts = {} } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  return Object.keys(scripts);
}

function wrongFlags(command: string): string[] {
  return flags.flatMap(({ command: name, known }) =>
    [...command.matchAll(new RegExp(`\\b${name}\\b([^|;&]*)`, "g"))]
      .flatMap(([, args = ""]) => args.match(/--[a-z-]+/g) ?? [])
      .filter((flag) => !known.has(flag))
      .map((flag) => `${name} has no ${flag}: it has ${[...known].join(", ")}.`),
  );
}

function wrongSettings(command: string): string[] {
  // A key without a colon is the program's own.
  const keys = /\bpulumi config set\b/.test(command) ? command.matchAll(/\s([\w-]+:\w+)/g) : [];
  return [...keys]
    .map(([, key = ""]) => key)
    .filter((key) => !settings.has(key))
    .map((key) => `nothing reads the setting ${key}: known are ${[...settings].join(", ")}.`);
}

/** The settings that are read without any set, and with a pair of keys, which may have a token. */
function settingsRead(): Set<string> {
  const asked = new Set(Object.keys(settingRules).map((name) => `tencentcloud-cwp:${name}`));
  const keys = { "tencentcloud:secretId": "AKIDexample", "tencentcloud:secretKey": "not-a-real-key" };
  for (const config of [new Map<string, string>(), new Map(Object.entries(keys))]) {
    const read = (name: string) => {
      asked.add(name);
      return config.get(name);
    };
    resolveConnection({}, pulumiSettings(read), {});
  }
  return asked;
}
