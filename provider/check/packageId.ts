import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Returns the name and version of this package, such as `pulumi-tencentcloud-cwp 1.2.3`. */
export function packageId(folder: string = __dirname): string {
  const file = join(folder, "package.json");
  if (!existsSync(file)) {
    return packageId(dirname(folder));
  }
  const { name, version } = JSON.parse(readFileSync(file, "utf8"));
  return `${name} ${version}`;
}
