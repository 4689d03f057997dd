import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { refuseBundled } from "../../sdk/bundled";
import { provider } from "../../sdk/shim";

/** A method of the shim as a tool writes it. */
const method = (text: string): unknown => new Function(`return ${text}`)();

describe("The package in a bundle", () => {
  const bundled: readonly [tool: string, text: string][] = [
    ["esbuild", "async (inputs) => require_provider().create(inputs)"],
    ["esbuild, minified", "async t=>yt().create(t)"],
    [
      "esbuild, to an ES module",
      'async (inputs) => __require("pulumi-tencentcloud-cwp/provider").create(inputs)',
    ],
    [
      "webpack",
      'async (inputs) => __webpack_require__("./node_modules/pulumi-tencentcloud-cwp/dist/provider/index.js").create(inputs)',
    ],
    ["rollup", "async (inputs) => requireProvider().create(inputs)"],
  ];
  for (const [tool, text] of bundled) {
    it(`is refused as ${tool} makes it`, () => {
      assert.throws(
        () => refuseBundled({ ...provider, create: method(text) }),
        (error: Error) =>
          pulumi.RunError.isInstance(error) &&
          /^pulumi-tencentcloud-cwp does not work inside a bundle: leave it external, /.test(error.message),
      );
    });
  }

  it("is accepted unbundled, and with the provider left external", () => {
    refuseBundled(provider);
    for (const text of [
      'async t=>require("pulumi-tencentcloud-cwp/provider").create(t)',
      "async (inputs) => require('pulumi-tencentcloud-cwp/provider').create(inputs)",
    ]) {
      refuseBundled({ ...provider, create: method(text) });
    }
  });
});
