/**
 * Declarations of packages that the documentation's snippets use and that are not installed here, as far as
 * the snippets use them.
 */
declare module "@pulumi/tencentcloud" {
  import type * as pulumi from "@pulumi/pulumi";

  export class Instance extends pulumi.CustomResource {
    constructor(name: string, args: Readonly<Record<string, unknown>>, opts?: pulumi.CustomResourceOptions);
  }
}

/** The SDK that `pulumi package add` generates from schema.json. */
declare module "@pulumi/tencentcloud-cwp" {
  import type * as pulumi from "@pulumi/pulumi";

  export { MachineSync } from "pulumi-tencentcloud-cwp";

  export class Provider extends pulumi.ProviderResource {
    constructor(name: string, args: Readonly<Record<string, unknown>>, opts?: pulumi.ResourceOptions);
  }
}

declare module "@pulumi/policy" {
  interface Resource {
    readonly type: string;
    readonly props: Readonly<Record<string, unknown>>;
  }

  interface Policy {
    readonly name: string;
    readonly description: string;
    readonly enforcementLevel: "advisory" | "mandatory";
    validateResource(resource: Resource, reportViolation: (message: string) => void): void;
  }

  export class PolicyPack {
    constructor(name: string, args: { readonly policies: readonly Policy[] });
  }
}
