/** What a reader of the documents has: a clone, the tarball, the Pulumi CLI, and a home folder of the reader's own. */
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import { createServer } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { findOrGetPulumi, findOrGetYamlHost } from "../../scripts/pulumiCli";
import { userCache } from "../../scripts/userCache";
import { packBuilt } from "../installed/pack";
import { Terminal } from "./terminal";

const repository = path.resolve(__dirname, "../..");
const leaking = /^(TENCENTCLOUD_|TCCLI_|PULUMI_|npm_)|_proxy$/i;

/** The ports that the commands in the documents name. */
const PORTS = [8080, 3000] as const;

export class Machine {
  readonly clone: string;
  private readonly terminals: Terminal[] = [];

  private constructor(
    readonly root: string,
    /** The file of `npm pack`. */
    readonly tarball: string,
    private readonly env: Readonly<Record<string, string>>,
    private readonly ports: ReadonlyMap<number, number>,
  ) {
    this.clone = path.join(root, "clone");
  }

  static async create(): Promise<Machine> {
    const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-commands-")));
    const folder = (name: string) => {
      fs.mkdirSync(path.join(root, name));
      return path.join(root, name);
    };
    const tracked = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: repository,
      encoding: "utf8",
    });
    const clone = folder("clone");
    for (const file of tracked
      .split("\0")
      .filter((name) => fs.existsSync(path.join(repository, name)) && name)) {
      fs.cpSync(path.join(repository, file), path.join(clone, file));
    }
    const tarball = await packBuilt(folder("tarball"));
    const { command, binDir } = await findOrGetPulumi();
    const bin = folder("bin");
    for (const language of ["nodejs", "python", "go"]) {
      writeHost(bin, language);
    }
    const printed = (program: string, ...args: string[]) =>
      execFileSync(program, args, { cwd: repository, encoding: "utf8" }).trim();
    // The pyenv of a developer's home folder would not be found from another one.
    const python = path.dirname(printed("python3", "-c", "import sys; print(sys.executable)"));
    const inherited = Object.entries(process.env).filter(([name]) => !leaking.test(name));
    const ports = new Map<number, number>();
    for (const port of PORTS) {
      ports.set(port, (await isFree(port)) ? port : await freePort());
    }
    return new Machine(
      root,
      tarball,
      {
        ...(Object.fromEntries(inherited) as Record<string, string>),
        PATH: [
          bin,
          python,
          ...binDir,
          path.dirname(command),
          await findOrGetYamlHost(),
          process.env.PATH,
        ].join(path.delimiter),
        HOME: folder("home"),
        // What is downloaded and built once is the developer's.
        XDG_CACHE_HOME: path.dirname(userCache()),
        npm_config_cache: printed("npm", "config", "get", "cache"),
        GOPATH: printed("go", "env", "GOPATH"),
        GOCACHE: printed("go", "env", "GOCACHE"),
        PULUMI_HOME: folder("pulumi"),
        PULUMI_BACKEND_URL: `file://${folder("backend")}`,
        PULUMI_CONFIG_PASSPHRASE: "tests",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        // The answer "yes" to every question.
        PULUMI_SKIP_CONFIRMATIONS: "true",
        PORT: String(ports.get(3000)),
      },
      ports,
    );
  }

  /**
   * A command of a document. If another program on this machine has its port, it gets another one. Its stacks are not kept
   * in the developer's own home folder, for which the CLI takes `~`.
   */
  typed(command: string): string {
    const own = command.replace("file://~", `file://${path.join(this.root, "backend")}`);
    return [...this.ports]
      .reduce((text, [port, free]) => text.replaceAll(`:${port}`, `:${free}`), own)
      .replace(`--port ${PORTS[0]}`, `--port ${this.ports.get(PORTS[0])}`);
  }

  open(folder: string): Terminal {
    const terminal = new Terminal(folder, this.env);
    this.terminals.push(terminal);
    return terminal;
  }

  /** Forgets the stacks of all programs: the copy of an example has the names of the example. */
  forgetStacks(): void {
    fs.rmSync(path.join(this.root, "backend", ".pulumi", "stacks"), { recursive: true, force: true });
  }

  async closeTerminals(): Promise<void> {
    for (const terminal of this.terminals.splice(0)) {
      await terminal.close();
    }
  }

  /** There are gigabytes of node modules in it: nothing waits for the end of that. */
  async remove(): Promise<void> {
    await this.closeTerminals();
    spawn("rm", ["-rf", this.root], { detached: true, stdio: "ignore" }).unref();
  }
}

function writeHost(folder: string, language: string): void {
  const [register, host] = ["node_modules/ts-node/register/transpile-only.js", "tests/guides/host.ts"];
  const at = (file: string) => path.join(repository, file);
  const script = `#!/bin/sh
TS_NODE_PROJECT=${at("tsconfig.json")} exec node -r ${at(register)} ${at(host)} ${language} "$@"
`;
  fs.writeFileSync(path.join(folder, `pulumi-language-${language}`), script, { mode: 0o755 });
}

async function isFree(port: number): Promise<boolean> {
  return (await listen(port)) !== undefined;
}

async function freePort(): Promise<number> {
  return (await listen(0)) ?? 0;
}

/** The port of a server that has listened there; undefined if it could not. */
function listen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address?.port : undefined));
    });
  });
}
