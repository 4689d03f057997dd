import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { readCommandLine, UsageError } from "../../../provider/check/commandLine";
import { help } from "../../../provider/check/help";

describe("The command line of cwp-check", () => {
  it("checks the account of environment and files by default", () => {
    assert.deepEqual(readCommandLine([]), {
      does: "check",
      json: false,
      source: { stack: undefined, isPlugin: false, profile: undefined, endpoint: undefined },
    });
  });

  it("names the account by a stack, a profile and an endpoint", () => {
    const args = [
      "--stack",
      "dev",
      "--plugin",
      "--profile",
      "other",
      "--endpoint",
      "cwp.example.com",
      "--json",
    ];
    assert.deepEqual(readCommandLine(args), {
      does: "check",
      json: true,
      source: { stack: "dev", isPlugin: true, profile: "other", endpoint: "cwp.example.com" },
    });
  });

  it("watches for 30 minutes by default", () => {
    const line = readCommandLine(["--observe", "record.json"]);
    assert.ok(line.does === "observe");
    assert.deepEqual([line.file, line.timeoutMs, line.yes], ["record.json", 1_800_000, false]);
    const shorter = readCommandLine(["--observe", "record.json", "--timeout", "90s", "--yes"]);
    assert.ok(shorter.does === "observe");
    assert.deepEqual([shorter.timeoutMs, shorter.yes], [90_000, true]);
  });

  const refused: readonly [args: string[], says: string][] = [
    [["--prot", "1"], "Unknown option '--prot'. See cwp-check --help."],
    [["dev"], "Unexpected argument 'dev'. See cwp-check --help."],
    [["--stack", " "], "--stack must not be empty."],
    [["--yes"], "--yes and --timeout belong to --observe FILE: add it, or leave them out."],
    [["--timeout", "1m"], "--yes and --timeout belong to --observe FILE: add it, or leave them out."],
    [["--json", "--observe", "f"], "--json and --observe exclude each other: the file of --observe is JSON."],
    [
      ["--observe", "f", "--timeout", "soon"],
      "--timeout soon is not a duration above zero, such as 30m or 1h30m.",
    ],
    [
      ["--endpoint", "http://cwp.example.com"],
      'The endpoint "http://cwp.example.com" cannot be used: http:// is accepted only for a loopback address such as http://127.0.0.1:8080. Use https://cwp.example.com.',
    ],
  ];
  for (const [args, says] of refused) {
    it(`refuses ${args.join(" ")}`, () => {
      assert.throws(
        () => readCommandLine(args),
        (error: unknown) => {
          assert.ok(error instanceof UsageError);
          assert.ok(error.message.startsWith(says), error.message);
          return true;
        },
      );
    });
  }

  it("has its help in docs/first-contact.md, word by word", () => {
    const page = readFileSync(path.join(__dirname, "../../../docs/first-contact.md"), "utf8");
    assert.ok(page.includes(help));
  });
});
