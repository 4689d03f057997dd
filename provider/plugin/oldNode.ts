/**
 * The plugin on a Node.js that is too old for it: it starts, and refuses the engine's calls with a sentence.
 * If the process ended, Pulumi would say that this is "always a bug in the provider".
 */
// biome-ignore lint/style/useNodejsImportProtocol: Node.js 12 does not know node:http2.
import * as http2 from "http2";
import { packageVersion } from "./schema";

/** The same as `engines` in package.json. */
const OLDEST_NODE = 20;

/** More than the 10 s after which the engine gives up to connect. */
const CONNECTED_WITHIN_MS = 60000;

const OK = 0;
const FAILED_PRECONDITION = 9;
const UNIMPLEMENTED = 12;

/** Returns true if a `process.version` is too old. */
export function isTooOld(version: string): boolean {
  return Number(version.slice(1).split(".")[0]) < OLDEST_NODE;
}

/** Returns the sentence for the user. `found` says what is on the PATH instead. */
export function nodeNeeded(found: string): string {
  return `Node.js ${OLDEST_NODE} or later must be on the PATH of Pulumi: ${found}.`;
}

/**
 * Serves gRPC with only Node's own HTTP/2, and prints the port. Ends with the engine's connection. Returns the
 * server, for a test to close.
 *
 * If the calls at the beginning and the end succeed, the engine shows the failure of each other call as an
 * error of the program.
 */
export function refuseCalls(version: string): http2.Http2Server {
  const server = http2.createServer();
  const end = () => process.exit(1);
  const alone = setTimeout(end, CONNECTED_WITHIN_MS);
  server.on("session", (session) => {
    clearTimeout(alone);
    session.on("close", end);
  });
  server.on("stream", (stream, headers) => {
    const [, call] = /\/(\w+)$/.exec(String(headers[":path"])) || [];
    stream.on("error", () => {});
    if (call === "GetPluginInfo") {
      answer(stream, pluginInfo());
    } else if (call === "Handshake" || call === "Cancel") {
      refuse(stream, UNIMPLEMENTED, "");
    } else {
      refuse(stream, FAILED_PRECONDITION, nodeNeeded(`there is only ${version}`));
    }
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    console.log(String(typeof address === "object" && address !== null ? address.port : ""));
  });
  return server;
}

const opening = { ":status": 200, "content-type": "application/grpc" };

function refuse(stream: http2.ServerHttp2Stream, status: number, message: string): void {
  const trailers = { "grpc-status": status, "grpc-message": encodeURIComponent(message) };
  stream.respond({ ...opening, ...trailers }, { endStream: true });
}

function answer(stream: http2.ServerHttp2Stream, message: Buffer): void {
  stream.respond(opening, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": OK }));
  stream.end(Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]));
}

/** Returns a pulumirpc.PluginInfo: its field 1 is the version. */
function pluginInfo(): Buffer {
  const version = Buffer.from(packageVersion());
  return Buffer.concat([Buffer.from([0x0a, version.length]), version]);
}
