/** When a resource came, as the program's process can tell. */
import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state";

/**
 * When all that a resource waits for was there: its arguments were known, and the resources that it depends
 * on existed. Pulumi checks and creates only a few resources at a time, so its provider may hear of this one
 * much later. In milliseconds of the machine's own clock, which all processes share; undefined where the
 * program cannot tell, as in a preview.
 */
export async function cameAt(
  resource: pulumi.Resource,
  args: object,
  { dependsOn = [], parent }: pulumi.CustomResourceOptions,
): Promise<number | undefined> {
  if (pulumi.runtime.isDryRun() || mayWaitForMore(resource)) {
    return undefined;
  }
  try {
    const explicit = await whenKnown(pulumi.output<unknown>(dependsOn));
    const resources = [explicit].flat().concat(parent ?? []);
    const urns = resources.map((one) => (hasNoChildren(one, parent) ? one.urn : undefined));
    const isAll = urns.every((urn) => urn !== undefined) && (await isKnown(pulumi.output([args, urns])));
    return isAll ? Number(process.hrtime.bigint() / 1_000_000n) : undefined;
  } catch {
    // Pulumi itself shows why it could not be had.
    return undefined;
  }
}

/**
 * A transformation, here or in the engine, may let the resource depend on others that nothing here shows.
 * Under Pulumi's mocks, where there is no engine, nobody asks.
 */
function mayWaitForMore(resource: pulumi.Resource): boolean {
  const transformations: unknown = Reflect.get(resource, "__transformations");
  const getStore: (() => Store) | undefined = Reflect.get(state, "getStore");
  const { callbacks, settings } = getStore?.() ?? {};
  const isPlain = callbacks === undefined && Boolean(settings?.options?.engineAddr);
  return !isPlain || (Array.isArray(transformations) && transformations.length > 0);
}

/** What Pulumi knows of its run; internal, so each part may be missing. */
interface Store {
  /** Serves the engine that asks for transforms and hooks. */
  readonly callbacks?: unknown;
  readonly settings?: { readonly options?: { readonly engineAddr?: string } };
}

/** To depend on a component is to depend on all that is in it. Its own URN tells only that it was begun. */
function hasNoChildren(one: unknown, parent: pulumi.Resource | undefined): one is pulumi.Resource {
  return one === parent || pulumi.CustomResource.isInstance(one);
}

function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
  return Reflect.get(output, "isKnown");
}

async function whenKnown(output: pulumi.Output<unknown>): Promise<unknown> {
  return (await isKnown(output)) ? new Promise((resolve) => output.apply(resolve)) : undefined;
}
