import type * as pulumi from "@pulumi/pulumi";

/**
 * The provider that the engine keeps in the state of every stack (`__provider`): Pulumi serializes the source
 * text of these methods. They hold no code of their own, so the text is short and the same for every resource
 * and release, and a stack always runs the version that is installed. The `require` is resolved in the
 * provider process, from the program's folder.
 *
 * It is one object, since Pulumi caches the text by the object's identity. It has no `delete`: there is
 * nothing to undo.
 */
export const provider: pulumi.dynamic.ResourceProvider = {
  configure: async (request) => require("pulumi-tencentcloud-cwp/provider").configure(request),
  check: async (olds, news) => require("pulumi-tencentcloud-cwp/provider").check(olds, news),
  diff: async (id, olds, news) => require("pulumi-tencentcloud-cwp/provider").diff(id, olds, news),
  create: async (inputs) => require("pulumi-tencentcloud-cwp/provider").create(inputs),
  read: async (id, props) => require("pulumi-tencentcloud-cwp/provider").read(id, props),
  update: async (id, olds, news) => require("pulumi-tencentcloud-cwp/provider").update(id, olds, news),
};
