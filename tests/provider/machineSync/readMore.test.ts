import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parseEndpoint } from "../../../provider/account/endpoint";
import {
  ApiError,
  BadAnswer,
  CwpError,
  NoAnswer,
  SettingsError,
  UnknownState,
} from "../../../provider/api/errors";
import { errorWithHeading, reasonsWithHeading } from "../../../provider/machineSync/readMore";
import { UnfinishedSync } from "../../../provider/machineSync/unfinishedSync";
import { WaitError } from "../../../provider/wait/run/waitError";

function headingIn(error: unknown): string | undefined {
  assert.ok(error instanceof Error);
  return / See "([^"]+)" in node_modules\/pulumi-tencentcloud-cwp\/docs\/troubleshooting\.md\.$/.exec(
    error.message,
  )?.[1];
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("It throws nothing.");
}

describe("The heading for more", () => {
  const cases: [string, unknown, string | undefined][] = [
    ["keys that are refused", new ApiError("AuthFailure.SecretIdNotFound", "No.", "r1"), "Error codes"],
    ["an unknown code", new ApiError("Moon.Eclipse", "No.", "r1"), "Error codes"],
    ["no credentials", new SettingsError("There are none."), "Signing in"],
    ["a wrong endpoint", thrownBy(() => parseEndpoint("ftp://moon")), "Endpoint, region, proxy"],
    ["no connection", new NoAnswer("NetworkFailure", "No connection."), "No connection, no answer"],
    [
      "no metadata service",
      new NoAnswer("NetworkFailure", "No connection.", "yes", "credentials"),
      "Signing in",
    ],
    ["a proxy's page", new BadAnswer("it is HTML"), "An answer, but not from the API"],
    ["an unknown state", new UnknownState("MOON", "r1"), "An unknown state"],
    ["a timeout", new WaitError("SyncTimeout", "Too late.", "r1"), "When it gives up"],
    ["a missing host", new WaitError("HostsNotListed", "Not there.", "r1"), "Hosts that CWP does not list"],
    ["Ctrl-C", new WaitError("Cancelled", "It was cancelled.", ""), undefined],
    ["an error of something else", new TypeError("x is not a function"), undefined],
  ];
  for (const [name, error, heading] of cases) {
    it(`is ${heading === undefined ? "not said" : `"${heading}"`} after ${name}`, () => {
      assert.equal(headingIn(errorWithHeading(error)), heading);
    });
  }

  it("is added for each argument, with another heading for the endpoint", () => {
    const reasons = reasonsWithHeading([
      { property: "hosts", reason: "Wrong hosts." },
      { property: "endpoint", reason: "A wrong endpoint." },
    ]);
    assert.deepEqual(
      reasons.map((reason) => headingIn(new Error(reason))),
      ["Arguments", "Endpoint, region, proxy"],
    );
  });

  it("keeps the other properties of an error, and the error itself unchanged: other waits get it too", () => {
    const error = new ApiError("UnauthorizedOperation", "No.", "r1");
    const before = error.message;
    const { code, requestId, retry, stack, message } = errorWithHeading(error) as CwpError;
    assert.deepEqual([code, requestId, retry, stack], [error.code, "r1", "never", message]);
    assert.equal(error.message, before);
  });

  it("keeps the outputs of a sync that has not ended", () => {
    const outputs = { triggers: [1] };
    const error = errorWithHeading(new UnfinishedSync(new WaitError("SyncTimeout", "Late.", ""), outputs));
    assert.equal(headingIn(error), "When it gives up");
    assert.equal((error as UnfinishedSync).outputs, outputs);
  });

  it("takes no code of this package for one of Tencent Cloud's", () => {
    const provider = path.resolve(__dirname, "../../../provider");
    const source = readdirSync(provider, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(path.join(provider, name), "utf8"))
      .join("\n");
    const made =
      /(?:new (?:CwpError|NoAnswer|NotListed|WaitError)\(|\bfailed\(|\bending\(\s*wait,|super\()\s*"(\w+)"/g;
    const codes = [...source.matchAll(made)].map(([, code = ""]) => code);
    assert.ok(codes.length > 8, `only ${codes.length} were found: collecting them does not work any more`);
    const taken = codes.filter(
      (code) => headingIn(errorWithHeading(new CwpError(code, "Oh.", "never"))) === "Error codes",
    );
    assert.deepEqual(taken, []);
  });
});
