/**
 * Runs programs of languages whose hosts come with the official Pulumi CLI only: what a host does is to start
 * a process.
 */
import { spawn } from "node:child_process";
import type * as grpc from "@grpc/grpc-js";
import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { GetRequiredPluginsResponse, RunResponse } from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

/** Serves a program to the engine. `say` gets what it prints. */
export function processProgram(
  command: readonly [string, ...string[]],
  folder: string,
  env: Readonly<Record<string, string>>,
  say: (text: string) => void,
): grpc.UntypedServiceImplementation {
  return {
    getRequiredPlugins: (_call: unknown, callback: grpc.sendUnaryData<GetRequiredPluginsResponse>) =>
      callback(null, new GetRequiredPluginsResponse()),
    getPluginInfo: (_call: unknown, callback: grpc.sendUnaryData<PluginInfo>) => {
      const info = new PluginInfo();
      info.setVersion("1.0.0");
      callback(null, info);
    },
    run: ({ request }: { request: RunRequest }, callback: grpc.sendUnaryData<RunResponse>) => {
      const [file, ...args] = command;
      const program = spawn(file, args, {
        cwd: folder,
        env: { ...env, ...variables(request) },
        stdio: ["ignore", "pipe", "pipe"],
      });
      for (const stream of [program.stdout, program.stderr]) {
        stream.setEncoding("utf8").on("data", say);
      }
      program.on("error", (error) => callback(error));
      program.on("close", (code, signal) => {
        const response = new RunResponse();
        if (code !== 0) {
          response.setError(`The program ended with ${code ?? signal}.`);
        }
        callback(null, response);
      });
    },
  };
}

/** As the SDK for Go reads them (sdk/go/pulumi/run.go). */
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
