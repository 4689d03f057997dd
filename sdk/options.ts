import * as pulumi from "@pulumi/pulumi";
import { parseDuration } from "../provider/api/duration";
import { mistake } from "./mistake";

/** The packages whose inherited providers are refused. A provider of another package does no harm. */
const ownPackages = ["pulumi-nodejs", "tencentcloud-cwp"];

/**
 * Throws a RunError that names the resource if Pulumi would misunderstand an option without a word: it sends a
 * resource with a provider to that provider's plugin, and reads the durations last of all.
 */
export function checkOptions(
  name: string,
  { provider, parent, customTimeouts }: pulumi.CustomResourceOptions,
): void {
  const inherited = ownPackages
    .map((one) => pulumi.Resource.isInstance(parent) && parent.getProvider(`${one}:index:MachineSync`))
    .find((found) => found);
  if (provider || inherited) {
    const what = provider
      ? "takes no option provider"
      : "must not inherit a provider of its own from its parent";
    throw mistake(
      `MachineSync "${name}" ${what}: it would not be used, or would take the resource to another plugin. The account is that of the stack's config (tencentcloud:secretId and so on), or of the arguments profile and assumeRole. Only the MachineSync of the provider plugin tencentcloud-cwp takes a Provider.`,
    );
  }
  for (const [operation, text] of Object.entries(customTimeouts ?? {})) {
    if (text && parseDuration(text) === undefined) {
      const given = typeof text === "string" ? JSON.stringify(text) : `a value of type ${typeof text}`;
      throw mistake(
        `MachineSync "${name}": customTimeouts.${operation} must be a duration above zero such as "20m" or "1h30m", not ${given}.`,
      );
    }
  }
}
