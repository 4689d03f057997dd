import assert from "node:assert/strict";
import { notesOf, problems, type Release } from "../../../scripts/release/problems";

const changelog = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-25

### Added
- The moon.

## [1.1.0] - 2026-11-24

- Older.
`;

const ready: Release = {
  version: "1.2.0",
  repository: { type: "git", url: "git+https://github.com/someone/something.git" },
  versions: { "schema.json": "1.2.0", "package-lock.json": "1.2.0" },
  changelog,
  changed: [],
  head: "a1",
  tagged: undefined,
  startedBy: undefined,
};

describe("A release", () => {
  it("is ready if everything agrees, before its tag and at it", () => {
    assert.deepEqual(problems(ready), []);
    assert.deepEqual(problems({ ...ready, tagged: "a1", startedBy: "v1.2.0" }), []);
  });

  const cases: [string, Partial<Release>, RegExp][] = [
    [
      "a version that is none",
      { version: "1.2", versions: {}, changelog: changelog.replace("1.2.0", "1.2") },
      /^package\.json has the version 1\.2, which is none/,
    ],
    ["no repository", { repository: undefined }, /no "repository": .*npm pkg set repository\.type/],
    [
      "another version in the schema",
      { versions: { "schema.json": "1.1.0" } },
      /^schema\.json has the version 1\.1\.0/,
    ],
    ["a changed file", { changed: ["sdk/index.ts"] }, /not clean.*sdk\/index\.ts/],
    ["a version that is out", { tagged: "b2" }, /^v1\.2\.0 is the tag of another commit/],
    ["another tag", { startedBy: "v1.3.0" }, /^The tag is v1\.3\.0, but/],
    [
      "unreleased changes",
      { changelog: changelog.replace("[Unreleased]\n", "[Unreleased]\n\n- New.\n") },
      /^CHANGELOG\.md has unreleased changes/,
    ],
    [
      "no date",
      { changelog: changelog.replace("[1.2.0] - 2026-11-25", "[1.2.0]") },
      /must be "## \[1\.2\.0\] - YYYY/,
    ],
    [
      "no entry",
      { changelog: changelog.replace(/## \[1\.2\.0\][^#]*###[^#]*/, "") },
      /^The newest version in CHANGELOG\.md must be .* not "\[1\.1\.0\] - 2026-11-24"/,
    ],
    [
      "no section of what is unreleased",
      { changelog: changelog.replace("Unreleased", "Next") },
      /must begin with/,
    ],
  ];
  for (const [name, differs, says] of cases) {
    it(`is not ready with ${name}`, () => {
      const [problem, ...more] = problems({ ...ready, ...differs });
      assert.match(problem ?? "", says);
      assert.deepEqual(more, []);
    });
  }

  it("has the notes of its version alone", () => {
    assert.equal(notesOf(changelog, "1.2.0"), "### Added\n- The moon.");
    assert.equal(notesOf(changelog, "9.9.9"), "");
  });
});
