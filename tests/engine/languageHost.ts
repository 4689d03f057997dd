/**
 * Serves a program to the engine, as a language host does: each run is a process of its own. The hosts of
 * Node.js, Go and Python are in the official CLI only.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { GetRequiredPluginsResponse, RunResponse } from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

/** The command of a program, and its folder. */
export interface Runner {
  readonly folder: string;
  /** The whole environment, except the variables of the request. */
  readonly env: Readonly<Record<string, string>>;
  command(request: RunRequest): readonly [file: string, ...args: string[]];
  /** Gets the program's output. */
  say(text: string): void;
}

/** The exit code of a program that has reported its error to the engine itself. */
const REPORTED_ALREADY = 32;

/** By the `@pulumi/pulumi/cmd/run` that is installed in the folder, as Pulumi's own host for Node.js. */
export function nodeCommand(folder: string): Runner["command"] {
  const runner = createRequire(path.join(folder, "index.js")).resolve("@pulumi/pulumi/cmd/run");
  return (request) => [
    "node",
    runner,
    `--monitor=${request.getMonitorAddress()}`,
    `--engine=${request.getArgsList()[0]}`,
    `--organization=${request.getOrganization()}`,
    `--project=${request.getProject()}`,
    `--stack=${request.getStack()}`,
    `--parallel=${request.getParallel()}`,
    `--pwd=${folder}`,
    ...(request.getDryrun() ? ["--dry-run"] : []),
    ".",
  ];
}

/** Serves the program to a CLI that is started with `--client=127.0.0.1:PORT`. */
export async function serve(runner: Runner): Promise<{ port: number; close(): void }> {
  const server = new grpc.Server();
  server.addService(LanguageRuntimeService, {
    getRequiredPlugins: (_call: unknown, callback: grpc.sendUnaryData<GetRequiredPluginsResponse>) =>
      callback(null, new GetRequiredPluginsResponse()),
    getPluginInfo: (_call: unknown, callback: grpc.sendUnaryData<PluginInfo>) => {
      const info = new PluginInfo();
      info.setVersion("1.0.0");
      callback(null, info);
    },
    run: ({ request }: { request: RunRequest }, callback: grpc.sendUnaryData<RunResponse>) =>
      run(runner, request, callback),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => server.forceShutdown() };
}

/** Runs a program to its end. The request names the engine's address in its arguments. */
export function run(runner: Runner, request: RunRequest, callback: grpc.sendUnaryData<RunResponse>): void {
  const [file, ...args] = runner.command(request);
  const program = spawn(file, args, {
    cwd: runner.folder,
    env: { PULUMI_NODEJS_TYPESCRIPT: "true", ...runner.env, ...variables(request) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [program.stdout, program.stderr]) {
    stream.setEncoding("utf8").on("data", runner.say);
  }
  program.on("error", (error) => callback(error));
  program.on("close", (code, signal) => {
    const response = new RunResponse();
    if (code === REPORTED_ALREADY) {
      response.setBail(true);
    } else if (code !== 0) {
      response.setError(`The program ended with ${code ?? signal}.`);
    }
    callback(null, response);
  });
}

/** As the SDK for Go (sdk/go/pulumi/run.go) and the host for Node.js pass them on. */
function variables(request: RunRequest): Record<string, string> {
  return {
    PULUMI_MONITOR: request.getMonitorAddress(),
    PULUMI_ENGINE: request.getArgsList()[0] ?? "",
    PULUMI_ORGANIZATION: request.getOrganization(),
    PULUMI_PROJECT: request.getProject(),
    PULUMI_STACK: request.getStack(),
    PULUMI_PARALLEL: String(request.getParallel()),
    PULUMI_DRY_RUN: String(request.getDryrun()),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
}
