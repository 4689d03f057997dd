/** The problems that prevent a release. A function of data alone, so a test needs no repository. */

export interface Release {
  /** Of package.json. */
  readonly version: string;
  readonly repository: unknown;
  /** The other files that hold the version, with what they hold. */
  readonly versions: Readonly<Record<string, unknown>>;
  /** The text of CHANGELOG.md. */
  readonly changelog: string;
  /** The files that git reports as changed or not tracked. */
  readonly changed: readonly string[];
  readonly head: string;
  /** The commit of the tag of this version, if there is one. */
  readonly tagged: string | undefined;
  /** The tag that started a hosted CI. */
  readonly startedBy: string | undefined;
}

/** One sentence for each problem, which says what to do. */
export function problems(release: Release): string[] {
  const { version, repository, versions, changelog, changed, head, tagged, startedBy } = release;
  const found: string[] = [];
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
    found.push(`package.json has the version ${version}, which is none as in 1.2.3.`);
  }
  if (!repositoryUrl(repository)) {
    found.push(
      'package.json has no "repository": npm\'s links, its provenance and the plugin\'s download need it. Run "npm pkg set repository.type=git repository.url=git+https://github.com/OWNER/NAME.git", then "npm run schema".',
    );
  }
  for (const [file, other] of Object.entries(versions)) {
    if (other !== version) {
      found.push(
        `${file} has the version ${other}, package.json ${version}. Set it with "npm version ${version} --no-git-tag-version --allow-same-version".`,
      );
    }
  }
  found.push(...wrongInChangelog(changelog, version));
  if (changed.length > 0) {
    found.push(`The working tree is not clean. Commit or remove ${changed.join(", ")}.`);
  }
  if (tagged !== undefined && tagged !== head) {
    found.push(`v${version} is the tag of another commit: that version is out. Choose the next one.`);
  }
  if (startedBy !== undefined && startedBy !== `v${version}`) {
    found.push(`The tag is ${startedBy}, but package.json has the version ${version}.`);
  }
  return found;
}

function repositoryUrl(repository: unknown): unknown {
  return typeof repository === "object" ? Reflect.get(Object(repository), "url") : repository;
}

interface Section {
  readonly title: string;
  readonly text: string;
}

function sectionsOf(changelog: string): Section[] {
  const [, ...sections] = changelog.split(/^## /m);
  return sections.map((section) => {
    const [title = "", ...lines] = section.split("\n");
    return { title: title.trim(), text: lines.join("\n").trim() };
  });
}

function wrongInChangelog(changelog: string, version: string): string[] {
  const [unreleased, newest] = sectionsOf(changelog);
  if (unreleased?.title !== "[Unreleased]") {
    return ['CHANGELOG.md must begin with the section "## [Unreleased]", which may be empty.'];
  }
  const dated = /^\[(.+)\] - \d{4}-\d\d-\d\d$/.exec(newest?.title ?? "");
  return [
    ...(unreleased.text === ""
      ? []
      : [
          `CHANGELOG.md has unreleased changes. Move them to "## [${version}] - YYYY-MM-DD", with today's date.`,
        ]),
    ...(dated?.[1] === version
      ? []
      : [
          `The newest version in CHANGELOG.md must be "## [${version}] - YYYY-MM-DD", not "${newest?.title ?? ""}".`,
        ]),
  ];
}

/** The section of CHANGELOG.md about a version. */
export function notesOf(changelog: string, version: string): string {
  return sectionsOf(changelog).find(({ title }) => title.startsWith(`[${version}]`))?.text ?? "";
}
