/** The places that follow from the repository in package.json: sources, plugin, and Go's import path. */

/** The fields of package.json that they follow from. */
export interface Manifest {
  readonly version: string;
  readonly repository?: { readonly url?: string };
}

/** The URLs of the sources, and of the plugin that Pulumi downloads: the assets of GitHub's releases. */
export function placesOf({ repository }: Pick<Manifest, "repository">): {
  repository?: string;
  pluginDownloadURL?: string;
} {
  const [, place] = /github\.com[/:]([^/]+\/[^/]+?)(?:\.git)?$/.exec(repository?.url ?? "") ?? [];
  return place === undefined
    ? {}
    : { repository: `https://github.com/${place}`, pluginDownloadURL: `github://api.github.com/${place}` };
}

/** The import path of the Go SDK that `pulumi package add` generates, by the rules of Pulumi's generator. */
export function goImport(manifest: Manifest): string {
  const { repository = "https://example.com/pulumi-tencentcloud-cwp" } = placesOf(manifest);
  const major = Number.parseInt(manifest.version, 10);
  return `${repository.replace("https://", "")}/sdk/go${major > 1 ? `/v${major}` : ""}/tencentcloudcwp`;
}

/** A document or program in which the Go SDK is imported by its present path. */
export function withGoImport(text: string, manifest: Manifest): string {
  return text.replaceAll(/^(\s*cwp) ".*\/sdk\/go\/.*"$/gm, `$1 "${goImport(manifest)}"`);
}
