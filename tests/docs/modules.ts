import * as path from "node:path";
import * as ts from "typescript";
import { root } from "./documents";
import { type Document, fences } from "./markdown";

const languages = ["ts", "typescript", "js"];

/** A snippet as a user would save it: a module beside its document. */
export interface Module {
  readonly document: string;
  /** The line of the document at which its code begins, from 1. */
  readonly line: number;
  readonly file: string;
  readonly code: string;
}

export function modulesOf(document: Document): Module[] {
  return fences(document)
    .filter(({ language }) => languages.includes(language))
    .map(({ language, line, code }) => ({
      document: document.path,
      line,
      file: path.join(root, `${document.path}.${line}.${language === "js" ? "js" : "ts"}`),
      code,
    }));
}

/**
 * As `pulumi new typescript` sets them, but stricter, and with this package's sources in place of an
 * installed package.
 */
const options: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitReturns: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts"],
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Node10,
  moduleDetection: ts.ModuleDetectionKind.Force,
  allowJs: true,
  checkJs: true,
  skipLibCheck: true,
  noEmit: true,
  types: ["node", "mocha"],
  paths: {
    "pulumi-tencentcloud-cwp": [path.join(root, "sdk/index.ts")],
    "pulumi-tencentcloud-cwp/emulator": [path.join(root, "emulator/index.ts")],
    "pulumi-tencentcloud-cwp/provider": [path.join(root, "provider/index.ts")],
  },
};

/**
 * Type-checks all modules at once. Returns a function that lists the mistakes of a module, each with the
 * document's line.
 */
export function typeCheck(modules: readonly Module[]): (module: Module) => string[] {
  const code = new Map(modules.map((module) => [canonical(module.file), module.code]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.getCurrentDirectory = () => root;
  host.fileExists = (file) => code.has(canonical(file)) || fileExists(file);
  host.readFile = (file) => code.get(canonical(file)) ?? readFile(file);
  const files = [...modules.map(({ file }) => file), path.join(__dirname, "standIns.d.ts")];
  const program = ts.createProgram(files, options, host);
  return (module) => {
    const source = program.getSourceFile(module.file);
    return ts
      .getPreEmitDiagnostics(program, source)
      .map((wrong) => `${module.document}:${module.line + lineOf(wrong)}: ${sentence(wrong)}`);
  };
}

/** TypeScript writes paths with forward slashes, even on Windows. */
function canonical(file: string): string {
  return file.replaceAll(path.sep, "/");
}

function lineOf({ file, start = 0 }: ts.Diagnostic): number {
  return file ? file.getLineAndCharacterOfPosition(start).line : 0;
}

function sentence({ messageText, code }: ts.Diagnostic): string {
  return `${ts.flattenDiagnosticMessageText(messageText, "\n  ")} (TS${code})`;
}
