import { mistake } from "./mistake";

const lazyRequire = /(^|[^\w$.])require\(["']pulumi-tencentcloud-cwp\/provider["']\)/;

/**
 * Throws if a bundler has put this package into the program. Pulumi keeps the source text of the provider's
 * methods (shim.ts), and a bundler replaces the `require` in it by a variable of the bundle, which no other
 * process has.
 */
export function refuseBundled(provider: object): void {
  if (!Object.values(provider).every((method) => lazyRequire.test(String(method)))) {
    throw mistake(
      "pulumi-tencentcloud-cwp does not work inside a bundle: leave it external, as by esbuild's --external:pulumi-tencentcloud-cwp or webpack's externals, and install it beside the bundle.",
    );
  }
}
