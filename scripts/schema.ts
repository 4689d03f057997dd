/**
 * Writes schema.json, by which Pulumi knows the provider plugin, the table of
 * docs/installation-configuration.md, and the import path of the Go SDK in the documents and the example.
 * Names, types and descriptions come from the TypeScript sources, the examples from docs/languages.md.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";
import { argumentRules } from "../provider/machineSync/inputs";
import { type ProviderArgs, settingRules } from "../provider/plugin/providerArgs";
import { type Manifest, placesOf, withGoImport } from "./places";

const root = path.join(__dirname, "..");
const name = "tencentcloud-cwp";
const any = "pulumi.json#/Any";

type Json = Readonly<Record<string, unknown>>;

const manifest: Manifest & Readonly<Record<"description" | "license", string>> = JSON.parse(
  fs.readFileSync(path.join(root, "package.json"), "utf8"),
);

interface Member {
  readonly name: string;
  readonly doc: string;
  readonly type: string;
  readonly optional: boolean;
}

/** The members of the interfaces and classes of a source, by name, each with its docstring. */
function declarationsOf(file: string): Map<string, { doc: string; members: Member[] }> {
  const source = ts.createSourceFile(
    file,
    fs.readFileSync(path.join(root, file), "utf8"),
    ts.ScriptTarget.ES2022,
    true,
  );
  const found = new Map<string, { doc: string; members: Member[] }>();
  for (const node of source.statements) {
    if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) {
      const members = [...node.members]
        .filter((member) => ts.isPropertySignature(member) || ts.isPropertyDeclaration(member))
        .filter((member) => ts.getJSDocTags(member).length === 0)
        .map((member) => ({
          name: member.name.getText(),
          doc: docOf(member),
          type: member.type?.getText() ?? "",
          optional: member.questionToken !== undefined,
        }));
      found.set(node.name?.text ?? "", { doc: docOf(node), members });
    } else if (ts.isFunctionDeclaration(node)) {
      found.set(node.name?.text ?? "", { doc: docOf(node), members: [] });
    }
  }
  return found;
}

function docOf(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return ts.getTextOfJSDocComment(comment?.comment) ?? "";
}

const declarations = new Map([
  ...declarationsOf("sdk/machineSync.ts"),
  ...declarationsOf("sdk/status.ts"),
  ...declarationsOf("provider/plugin/providerArgs.ts"),
]);

function declaration(of: string): { doc: string; members: Member[] } {
  const found = declarations.get(of);
  if (!found) {
    throw new Error(`No source declares ${of}.`);
  }
  return found;
}

/**
 * A docstring in the words of the plugin. The plugin does not see `tencentcloud:`: its own config or a
 * Provider gives it the settings that the dynamic resource reads there and under `tencentcloud-cwp:`. So a
 * region has one source of that kind in place of two.
 */
function description(doc: string): string {
  return doc
    .replaceAll(/(?<!\n)\n(?!\n)/g, " ")
    .replaceAll(/\{@link (?:\w+\.)?(\w+)\}/g, "`$1`")
    .replaceAll(", then `tencentcloud:region`", "")
    .replaceAll(/`tencentcloud(?:-cwp)?:(\w+)`/g, "`tencentcloud-cwp:$1` or the Provider's `$1`");
}

/** A type without the wrappers of Pulumi and TypeScript. */
function typeText(text: string): string {
  return text
    .replaceAll(/pulumi\.(?:Input|Output|Unwrap)<(.*?)>(?![\w>[])/g, "$1")
    .replaceAll(/pulumi\.\w+<|>|readonly | \| undefined/g, "");
}

function typeOf(text: string): Json {
  const type = typeText(text);
  if (type.endsWith("[]")) {
    return { type: "array", items: typeOf(type.slice(0, -2)) };
  }
  if (type === "unknown") {
    return { $ref: any };
  }
  if (["string", "boolean"].includes(type)) {
    return { type };
  }
  // All numbers are whole seconds. As `number`, Java and Go would take no int, and Python would print 2.0.
  if (type === "number") {
    return { type: "integer" };
  }
  if (type === "SyncState") {
    return { type: "string" };
  }
  declaration(type); // Throws where there is none, which would be a reference to nothing.
  return { $ref: `#/types/${name}:index:${type}` };
}

function properties(members: readonly Member[], more: (member: Member) => Json = () => ({})): Json {
  return Object.fromEntries(
    members.map((member) => [
      member.name,
      { ...typeOf(member.type), description: description(member.doc), ...more(member) },
    ]),
  );
}

function requiredNames(members: readonly Member[]): string[] {
  return members
    .filter(
      ({ type, optional, doc }) =>
        !optional && !type.includes("undefined") && !/Undefined (where|if|when)/.test(doc),
    )
    .map((one) => one.name);
}

function objectType(of: string): Json {
  const { doc, members } = declaration(of);
  const needed = requiredNames(members);
  return {
    type: "object",
    description: description(doc),
    properties: properties(members, markReplacingField(of)),
    ...(needed.length > 0 && { required: needed }),
  };
}

/** The examples of docs/languages.md, as the registry shows one for each language. */
function examples(): string {
  const page = goPageText("docs/languages.md");
  const [, section = ""] = /^## The smallest program$(.*?)^## /ms.exec(page) ?? [];
  const blocks = [...section.matchAll(/^```(ts|python|go|csharp|java|yaml)\n(.*?)^```$/gms)];
  const code = blocks.map(
    ([, language, text]) => `\`\`\`${language === "ts" ? "typescript" : language}\n${text}\`\`\``,
  );
  return `{{% examples %}}\n## Example Usage\n{{% example %}}\n\n${code.join("\n")}\n\n{{% /example %}}\n{{% /examples %}}`;
}

/** The object types of the settings. */
const settingTypes = ["AssumeRole", "AssumeRoleWithSaml", "AssumeRoleWithWebIdentity"];

/**
 * The type of a setting in the config: an object has a type of its own there. Java's generator makes one
 * class, at random, of the plain form of a type that a config variable and a function's argument share.
 */
function configType({ type }: Member): Json {
  return settingTypes.includes(type) ? { $ref: `#/types/${name}:index:Config${type}` } : {};
}

function setting({ name }: Member): Json {
  return settingRules[name as keyof ProviderArgs].secret ? { secret: true } : {};
}

const replacement: Json = { willReplaceOnChanges: true };

/** The mark of an argument, or of the output that echoes it, whose change replaces the resource. */
function markReplacing({ name }: Member): Json {
  return ruleOf(name)?.replaces === true ? replacement : {};
}

/** The same for a field of an argument of this type. */
function markReplacingField(type: string): (field: Member) => Json {
  const argument = declaration("MachineSyncArgs").members.find((arg) => typeText(arg.type) === type);
  const fields = ruleOf(argument?.name ?? "")?.replaces;
  return ({ name }) => (Array.isArray(fields) && fields.includes(name) ? replacement : {});
}

function ruleOf(argument: string): (typeof argumentRules)["hosts"] | undefined {
  return new Map(Object.entries(argumentRules)).get(argument);
}

/** The schema, as the text of schema.json. */
export function schemaText(): string {
  const { version, description: summary, license } = manifest;
  const args = declaration("MachineSyncArgs").members;
  const resource = declaration("MachineSync");
  const status = declaration("MachineSyncStatus");
  const settings = declaration("ProviderArgs").members;
  const schema = {
    $schema: "https://raw.githubusercontent.com/pulumi/pulumi/master/pkg/codegen/schema/pulumi.json",
    name,
    displayName: "Tencent Cloud CWP",
    version,
    description: summary,
    publisher: "pulumi-tencentcloud-cwp",
    license,
    ...placesOf(manifest),
    keywords: ["pulumi", "tencentcloud", "cwp", "category/cloud", "kind/native"],
    attribution: "Made with Node.js, on the SDK of Tencent Cloud.",
    meta: { moduleFormat: "(.*)" },
    language: {
      nodejs: { respectSchemaVersion: true },
      python: {
        packageName: "pulumi_tencentcloud_cwp",
        respectSchemaVersion: true,
        pyproject: { enabled: true },
      },
      go: {
        rootPackageName: "tencentcloudcwp",
        respectSchemaVersion: true,
        generateResourceContainerTypes: true,
      },
      csharp: { namespaces: { [name]: "TencentCloudCwp" }, respectSchemaVersion: true },
      java: { packages: { [name]: "tencentcloudcwp" }, buildFiles: "gradle" },
    },
    config: { variables: properties(settings, (member) => ({ ...setting(member), ...configType(member) })) },
    types: Object.fromEntries([
      ...settingTypes.map((type) => [`${name}:index:Config${type}`, objectType(type)]),
      ...[...settingTypes, "Machine"].map((type) => [`${name}:index:${type}`, objectType(type)]),
    ]),
    provider: {
      description:
        "The settings of an account, for resources that are not to use the settings of the stack's config. Each means what it means to the Tencent Cloud provider.",
      inputProperties: properties(settings, setting),
    },
    resources: {
      [`${name}:index:MachineSync`]: {
        description: `${description(resource.doc)}\n\n${examples()}`,
        aliases: [{ type: "pulumi-nodejs:dynamic/tencentcloud-cwp:MachineSync" }],
        inputProperties: properties(args, markReplacing),
        properties: properties(resource.members, markReplacing),
        required: requiredNames(resource.members),
      },
    },
    functions: {
      [`${name}:index:getMachineSyncStatus`]: {
        // The sentences after the second are about TypeScript programs.
        description: description(declaration("getMachineSyncStatus").doc)
          .split(". ")
          .slice(0, 2)
          .join(". ")
          .concat("."),
        inputs: { type: "object", properties: properties(declaration("GetMachineSyncStatusArgs").members) },
        outputs: {
          type: "object",
          description: description(status.doc),
          properties: properties(status.members),
          required: requiredNames(status.members),
        },
      },
    },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

export const settingsPage = path.join(root, "docs/installation-configuration.md");

/** The page of the settings, with its table as the sources have it. */
export function settingsPageText(): string {
  const rows = declaration("ProviderArgs").members.map((member) => {
    const mark = setting(member).secret ? " *secret*" : "";
    return `| \`${name}:${member.name}\`${mark} | ${description(member.doc)} |\n`;
  });
  const page = fs.readFileSync(settingsPage, "utf8");
  return page.replace(/^(\| Setting .*\n\|.*\n)(?:\|.*\n)*/m, (_all, head) => head + rows.join(""));
}

/** The files that import the Go SDK. */
export const goPages = ["docs/languages.md", "examples/go/main.go"];

/** One of these files, with the present path. */
export function goPageText(page: string): string {
  return withGoImport(fs.readFileSync(path.join(root, page), "utf8"), manifest);
}

if (require.main === module) {
  fs.writeFileSync(path.join(root, "schema.json"), schemaText());
  fs.writeFileSync(settingsPage, settingsPageText());
  for (const page of goPages) {
    fs.writeFileSync(path.join(root, page), goPageText(page));
  }
}
