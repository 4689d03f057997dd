import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator";
import { fences } from "../docs/markdown";
import { inConfig } from "../engine/account";
import type { Runner } from "../engine/languageHost";
import { TestStack, type TestStackOptions } from "../engine/stack";

const repository = path.resolve(__dirname, "../..");

/** A copy of an example by the plugin, an emulator, and a stack of the program. */
export class Example {
  readonly folder: string;
  private readonly root: string;
  private readonly started: Started[] = [];

  /** @param name Its folder in examples/. Default: an empty folder. */
  constructor(name?: string) {
    this.root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-languages-")));
    this.folder = path.join(this.root, name ?? "program");
    fs.mkdirSync(this.folder);
    if (name !== undefined) {
      fs.cpSync(path.join(repository, "examples", name), this.folder, { recursive: true });
    }
  }

  write(file: string, text: string): void {
    const target = path.join(this.folder, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  }

  read(file: string): string {
    return fs.readFileSync(path.join(this.folder, file), "utf8");
  }

  async start(options: EmulatorOptions, more: TestStackOptions): Promise<Started> {
    const emulator = await startEmulator(options);
    const config = { ...inConfig("plugin", emulator, options.accounts?.[0]), ...more.config };
    const started = { emulator, stack: await TestStack.create({ folder: this.folder, ...more, config }) };
    this.started.push(started);
    return started;
  }

  /**
   * The program syncs once, exports these times of the sync, and the quuids of its hosts if it has an output of that
   * name. A preview after it shows no change.
   */
  async works(command: Runner["command"], times: readonly string[]): Promise<void> {
    const { stack, emulator } = await this.start({ syncSeconds: 1 }, { command });
    for (const id of ["ins-web", "ins-db"]) {
      emulator.addHost({ id });
    }
    const { quuids, ...outputs } = (await stack.up()).outputs;
    const known = emulator.hosts().map(({ host }) => host.quuid);
    assert.deepEqual(quuids ?? known, known);
    assert.deepEqual(Object.keys(outputs).sort(), times);
    for (const time of times) {
      assert.match(String(outputs[time]), /^\d{4}-\d\d-\d\d /);
    }
    assert.equal(emulator.requests.filter(({ sync }) => sync).length, 1);
    emulator.clearRequests();
    assert.deepEqual((await stack.preview()).summary, { same: 2 });
    assert.equal(emulator.requests.length, 0, stack.printed);
  }

  async remove(): Promise<void> {
    for (const { stack, emulator } of this.started) {
      await stack.remove();
      await emulator.stop();
    }
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

interface Started {
  readonly stack: TestStack;
  readonly emulator: Emulator;
}

/** The smallest program of docs/languages.md in a language. */
export function smallestProgram(language: string): string {
  const page = "docs/languages.md";
  const text = fs.readFileSync(path.join(repository, page), "utf8");
  const found = fences({ path: page, text: text.slice(text.indexOf("\n## The smallest program\n")) });
  const code = found.find((fence) => fence.language === language)?.code;
  assert.ok(code !== undefined, `${page} has no ${language}`);
  return `${code}\n`;
}
