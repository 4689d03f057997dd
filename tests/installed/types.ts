import { createRequire } from "node:module";
import * as path from "node:path";

export interface TypeCheck {
  /** The version of the TypeScript that Pulumi takes for this program. */
  readonly typescript: string;
  /**
   * The errors in the program and in this package's declarations, but not in the declarations of Pulumi and
   * others.
   */
  readonly errors: readonly string[];
}

/** Type-checks a program and all the declarations it uses, by its tsconfig.json. */
export function checkTypes(program: string): TypeCheck {
  const ts = typescriptOf(program);
  const config = path.join(program, "tsconfig.json");
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, ts.sys.readFile).config,
    ts.sys,
    program,
    { noEmit: true },
  );
  const found = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options));
  const errors = found.flatMap(({ file, start, messageText }) => {
    const name = file?.fileName ?? config;
    const ours = !name.includes("node_modules") || name.includes("/pulumi-tencentcloud-cwp/");
    const { line } = file?.getLineAndCharacterOfPosition(start ?? 0) ?? { line: 0 };
    const message = ts.flattenDiagnosticMessageText(messageText, " ");
    return ours ? [`${path.relative(program, name)}:${line + 1}: ${message}`] : [];
  });
  return { typescript: ts.version, errors };
}

/** The TypeScript that Pulumi takes: the program's, or its own if there is none. */
function typescriptOf(program: string): typeof import("typescript") {
  return createRequire(path.join(program, "index.js"))("@pulumi/pulumi/typescript-shim");
}
