import * as pulumi from "@pulumi/pulumi";

const endpoint =
  new pulumi.Config("tencentcloud-cwp").get("endpoint") ?? process.env.TENCENTCLOUD_CWP_ENDPOINT;

/**
 * Stands in for a cloud instance, so that this program runs without a cloud account. When the CWP endpoint is
 * the emulator, it adds itself to the emulated account; to anything else it says nothing.
 */
export class StandInHost extends pulumi.dynamic.Resource {
  constructor(name: string, opts?: pulumi.CustomResourceOptions) {
    super(provider, name, { name, endpoint }, opts, "examples", "StandInHost");
  }
}

const provider: pulumi.dynamic.ResourceProvider = {
  async create({ name, endpoint }: { name: string; endpoint?: string }) {
    const id = `ins-${name}`;
    if (endpoint?.startsWith("http://127.0.0.1:")) {
      await fetch(`${endpoint}/_emulator/hosts`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ id, name }),
      });
    }
    return { id, outs: { name } };
  },
  async diff(_id, olds, news) {
    return { changes: olds.name !== news.name, replaces: ["name"] };
  },
};
