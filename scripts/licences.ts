/** The licence texts that must go with a bundle. */
import * as fs from "node:fs";
import * as path from "node:path";

/** The licence of a package is in files of its own, or else in a section of its README. */
const licenceFile = /^(licen[cs]e|copying|notice|copyrightnotice)/i;
const licenceSection = /^#* *licen[cs]e *\n.*/ims;

const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/**
 * The name, version and licence of each package that a bundle has code of.
 *
 * @param inputs The files of the bundle, as esbuild's metafile has them. Files outside of node_modules are left out.
 * @throws an Error that names a package of which no licence can be found.
 */
export function licenceTexts(inputs: readonly string[]): string {
  const folders = new Set(inputs.flatMap(packageFolder));
  return [...folders].sort().map(entryOf).join("\n");
}

function packageFolder(file: string): string[] {
  const [folder] = /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path.resolve(file)) ?? [];
  return folder === undefined ? [] : [folder];
}

function entryOf(folder: string): string {
  const { name, version, license, author } = JSON.parse(
    fs.readFileSync(path.join(folder, "package.json"), "utf8"),
  );
  const text =
    textsIn(folder) ?? (license === "MIT" && author ? `Copyright (c) ${nameOf(author)}\n\n${mit}` : "");
  if (text === "") {
    throw new Error(`The package ${name} ${version} is in the bundle, but its licence is not to be found.`);
  }
  return `${"=".repeat(78)}\n${name} ${version}: ${license}\n${"=".repeat(78)}\n\n${text}\n`;
}

function textsIn(folder: string): string | undefined {
  const names = fs.readdirSync(folder).sort();
  const read = (name: string) => fs.readFileSync(path.join(folder, name), "utf8").trim();
  const files = names.filter((name) => licenceFile.test(name));
  if (files.length > 0) {
    return files.map(read).join("\n\n");
  }
  const readme = names.find((name) => /^readme/i.test(name));
  return readme && licenceSection.exec(read(readme))?.[0];
}

function nameOf(author: string | { readonly name: string }): string {
  return typeof author === "string" ? author : author.name;
}
