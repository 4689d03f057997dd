/**
 * A language host that the CLI starts by its name, as it starts those of the official archive, which the tests do not have.
 * Of what Pulumi's hosts do it has the calls behind `pulumi up`, `install` and `package add`.
 *
 *   host.ts LANGUAGE … ENGINE
 */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as os from "node:os";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  type GeneratePackageRequest,
  GeneratePackageResponse,
  GetRequiredPackagesResponse,
  GetRequiredPluginsResponse,
  type InstallDependenciesRequest,
  type LinkRequest,
  LinkResponse,
  type RunPluginRequest,
  RunPluginResponse,
  type RunRequest,
} from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { nodeCommand, run as runProgram } from "../engine/languageHost";
import { run as runToEnd } from "../installed/commands";
import { generatedSdk } from "../languages/sdks";

/** What differs from language to language. The first argument of each is the folder of the program. */
interface Host {
  /** The command of the program. It may be compiled for it. */
  command(folder: string, request: RunRequest): Promise<readonly [file: string, ...args: string[]]>;
  /** Commands that install what the program needs. */
  install(folder: string): readonly (readonly [file: string, ...args: string[]])[];
  /** Makes the program depend on a generated SDK. */
  link(folder: string, sdk: string): Promise<void>;
}

const repository = path.resolve(__dirname, "../..");
const python = (folder: string) => path.join(folder, "venv/bin/python");

const hosts: Record<string, Host> = {
  nodejs: {
    command: async (folder, request) => nodeCommand(folder)(request),
    install: () => [["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"]],
    link: async (folder, sdk) => {
      const { name } = JSON.parse(fs.readFileSync(path.join(folder, sdk, "package.json"), "utf8"));
      const pkg = (...args: string[]) => runToEnd("npm", ["pkg", "set", ...args], folder);
      await pkg(`dependencies[${name}]=file:${sdk}`);
      await pkg("--json", `allowScripts=${JSON.stringify({ [`file:${sdk}`]: true })}`);
    },
  },
  python: {
    command: async (folder) => [python(folder), path.join(repository, "tests/languages/runPython.py")],
    install: (folder) => [
      ["python3", "-m", "venv", path.join(folder, "venv")],
      [python(folder), "-m", "pip", "install", "--quiet", "-r", "requirements.txt"],
    ],
    link: async (folder, sdk) => {
      const file = path.join(folder, "requirements.txt");
      const lines = fs.readFileSync(file, "utf8").trimEnd().split("\n");
      fs.writeFileSync(file, `${[...lines.filter((line) => line !== `./${sdk}`), `./${sdk}`].join("\n")}\n`);
    },
  },
  go: {
    command: async (folder) => {
      const program = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "cwp-go-program-")), "program");
      await runToEnd("go", ["build", "-o", program, "."], folder);
      return [program];
    },
    install: () => [["go", "mod", "tidy", "-compat=1.18"]],
    link: async (folder, sdk) => {
      const goMod = fs.readFileSync(path.join(folder, sdk, "go.mod"), "utf8");
      const [, module = ""] = /^module (\S+)$/m.exec(goMod) ?? [];
      await runToEnd("go", ["mod", "edit", `-replace=${module}=./${sdk}`], folder);
    },
  },
};

const [language = "", ...args] = process.argv.slice(2);
const engine = args.at(-1) ?? "";
const host = hosts[language];
if (!host) {
  throw new Error(`There is no host of ${language} here.`);
}
// They are for this process, not for the programs.
delete process.env.TS_NODE_PROJECT;

type Call<Request> = { request: Request };
type Reply<Response> = grpc.sendUnaryData<Response>;

/** A call with one answer. */
function unary<Request, Response>(answer: (request: Request) => Promise<Response>) {
  return ({ request }: Call<Request>, reply: Reply<Response>) => {
    answer(request).then(
      (response) => reply(null, response),
      (error: Error) => reply({ code: grpc.status.UNKNOWN, message: error.message }, null),
    );
  };
}

function runAsPlugin(call: grpc.ServerWritableStream<RunPluginRequest, RunPluginResponse>): void {
  const { request } = call;
  const folder = request.getInfo()?.getProgramDirectory() ?? "";
  const runner = createRequire(path.join(repository, "index.js")).resolve("@pulumi/pulumi/cmd/run-plugin");
  const env = Object.fromEntries(
    request.getEnvList().map((variable) => variable.split(/=(.*)/s).slice(0, 2)),
  );
  const plugin = spawn("node", [runner, folder, ...request.getArgsList()], {
    cwd: request.getPwd(),
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const send = (set: (response: RunPluginResponse) => void) => {
    const response = new RunPluginResponse();
    set(response);
    call.write(response);
  };
  plugin.stdout.on("data", (bytes: Buffer) => send((response) => response.setStdout(bytes)));
  plugin.stderr.on("data", (bytes: Buffer) => send((response) => response.setStderr(bytes)));
  plugin.on("close", (code) => {
    send((response) => response.setExitcode(code ?? 1));
    call.end();
  });
  call.on("cancelled", () => plugin.kill());
}

async function installDependencies(
  call: grpc.ServerWritableStream<InstallDependenciesRequest, unknown>,
): Promise<void> {
  const folder = call.request.getInfo()?.getProgramDirectory() || call.request.getDirectory();
  try {
    for (const [file, ...rest] of host?.install(folder) ?? []) {
      await runToEnd(file, rest, folder);
    }
    call.end();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    call.emit("error", { code: grpc.status.UNKNOWN, message });
  }
}

async function link(request: LinkRequest): Promise<LinkResponse> {
  const folder = request.getInfo()?.getProgramDirectory() ?? "";
  for (const dependency of request.getPackagesList()) {
    const sdk = path.relative(folder, path.resolve(folder, dependency.getPath()));
    await host?.link(folder, sdk.split(path.sep).join("/"));
  }
  return new LinkResponse();
}

async function generate(request: GeneratePackageRequest): Promise<GeneratePackageResponse> {
  await generatedSdk(request.getSchema(), language, request.getDirectory());
  return new GeneratePackageResponse();
}

async function run(request: RunRequest): Promise<unknown> {
  const folder = request.getInfo()?.getProgramDirectory() ?? "";
  request.setArgsList([engine]);
  const command = await host?.command(folder, request);
  return new Promise((resolve, reject) => {
    const runner = {
      folder,
      env: process.env as Record<string, string>,
      command: () => command ?? (["false"] as const),
      say: (text: string) => process.stderr.write(text),
    };
    runProgram(runner, request, (error, response) => (error ? reject(error) : resolve(response)));
  });
}

const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
server.addService(LanguageRuntimeService, {
  getRequiredPlugins: unary(async () => new GetRequiredPluginsResponse()),
  getRequiredPackages: unary(async () => new GetRequiredPackagesResponse()),
  getPluginInfo: unary(async () => {
    const info = new PluginInfo();
    info.setVersion("1.0.0");
    return info;
  }),
  run: unary(run),
  generatePackage: unary(generate),
  link: unary(link),
  installDependencies,
  runPlugin: runAsPlugin,
} as unknown as grpc.UntypedServiceImplementation);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error;
  }
  process.stdout.write(`${port}\n`);
});
