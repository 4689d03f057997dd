import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/**
 * Sends three messages as a provider process does, whose last argument is the engine's address, and tells how
 * long that took.
 */
const provider = `
const { EngineLog } = require("./dist/provider/engine/row");
const log = new EngineLog("urn:of:the::resource");
const start = performance.now();
log.status("starting");
log.warning("It lasts.");
log.info("Machines synced.");
log.flush().then(() => process.stdout.write(String(performance.now() - start), () => process.exit()));
`;

async function runProvider(address?: string, env: NodeJS.ProcessEnv = {}): Promise<number> {
  const child = spawn(process.execPath, ["-e", provider, "--", ...(address ? [address] : [])], {
    cwd: path.join(__dirname, "../../.."),
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const [code] = await once(child, "close");
  assert.equal(code, 0, output);
  assert.match(output, /^\d+(\.\d+)?$/, "it printed something, which the engine would show as the stack's");
  return Number(output);
}

describe("A resource's log", () => {
  let engine: grpc.Server;
  let address: string;
  let taken: LogRequest[];
  let answers: boolean;

  beforeEach(async () => {
    taken = [];
    answers = true;
    engine = new grpc.Server();
    engine.addService(EngineService, {
      log: ({ request }: { request: LogRequest }, callback: grpc.sendUnaryData<unknown>) => {
        taken.push(request);
        if (answers) {
          callback(null, EngineService.log.responseDeserialize(Buffer.alloc(0)));
        }
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      engine.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    address = `127.0.0.1:${port}`;
  });
  afterEach(() => engine.forceShutdown());

  it("hands its messages to the engine in their order, a status as one that leaves no trace", async () => {
    await runProvider(address);
    const { INFO, WARNING } = LogSeverity;
    assert.deepEqual(
      taken.map((one) => [one.getUrn(), one.getSeverity(), one.getMessage(), one.getEphemeral()]),
      [
        ["urn:of:the::resource", INFO, "starting", true],
        ["urn:of:the::resource", WARNING, "It lasts.", false],
        ["urn:of:the::resource", INFO, "Machines synced.", false],
      ],
    );
  });

  for (const variable of ["https_proxy", "http_proxy", "grpc_proxy"]) {
    it(`hands its messages to the engine also with ${variable}, and spaces in no_proxy`, async () => {
      await runProvider(address, { [variable]: "http://127.0.0.1:1", no_proxy: "example.com, 127.0.0.1" });
      assert.deepEqual(
        taken.map((one) => one.getMessage()),
        ["starting", "It lasts.", "Machines synced."],
      );
    });
  }

  it("holds nobody up for an engine that does not answer, and asks it no more", async () => {
    answers = false;
    const ms = await runProvider(address);
    assert.ok(ms < 5_000, `it took ${ms} ms`);
    assert.equal(taken.length, 1);
  });

  it("is silent where nobody listens, and where there is no engine at all", async () => {
    engine.forceShutdown();
    assert.ok((await runProvider(address)) < 3_000);
    assert.ok((await runProvider()) < 1_000);
  });
});
