import * as pulumi from "@pulumi/pulumi";

const endpoint =
  new pulumi.Config("tencentcloud-cwp").get("endpoint") ?? process.env.TENCENTCLOUD_CWP_ENDPOINT;

/**
 * Stands in for a licence that is bound to a machine. As CWP does, it refuses a quuid that CWP does not list.
 * When the endpoint is the emulator, it asks the emulator; anything else it does not ask.
 */
export class StandInLicense extends pulumi.dynamic.Resource {
  /** The name of the machine that the licence is bound to. */
  declare readonly machineName: pulumi.Output<string>;

  constructor(name: string, quuid: pulumi.Input<string>, opts?: pulumi.CustomResourceOptions) {
    super(provider, name, { quuid, endpoint, machineName: undefined }, opts, "examples", "StandInLicense");
  }
}

const provider: pulumi.dynamic.ResourceProvider = {
  async create({ quuid, endpoint }: { quuid: string; endpoint?: string }) {
    let machineName = "";
    if (endpoint?.startsWith("http://127.0.0.1:")) {
      const answer = await fetch(`${endpoint}/_emulator/hosts`);
      const hosts = (await answer.json()) as { name: string; quuid: string; visible: boolean }[];
      const bound = hosts.find((host) => host.visible && host.quuid === quuid);
      if (!bound) {
        throw new Error(`CWP lists no machine with the quuid ${quuid}.`);
      }
      machineName = bound.name;
    }
    return { id: quuid, outs: { quuid, machineName } };
  },
  async diff(_id, olds, news) {
    return { changes: olds.quuid !== news.quuid, replaces: ["quuid"] };
  },
};
