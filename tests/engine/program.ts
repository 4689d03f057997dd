/**
 * Programs as data, which both entry points run: in YAML by the plugin, in JavaScript by the dynamic
 * resource.
 */

/** The part of a Pulumi.yaml below the name and the runtime. */
export interface Program {
  resources?: Record<string, ProgramResource>;
  variables?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  packages?: Record<string, unknown>;
  plugins?: Record<string, unknown>;
}

export interface ProgramResource {
  /** Default: a MachineSync. */
  type?: string;
  properties?: Record<string, unknown>;
  options?: Record<string, unknown>;
  get?: Record<string, unknown>;
}

/** A resource or a variable, as a program refers to it. */
export const reference = (name: string) => `\${${name}}`;

/** An output of a resource. */
export const output = (name: string, property: string) => reference(`${name}.${property}`);

/** A secret, as a program writes it. */
export const secret = (value: unknown) => ({ "fn::secret": value });

/** A program with one MachineSync, named `machines`, and its outputs. */
export function oneSync(
  properties: Record<string, unknown> = {},
  options: Record<string, unknown> = {},
): Program {
  const shown = ["state", "latestStartTime", "latestEndTime", "durationSeconds", "requestId"];
  return {
    resources: { machines: { properties, options } },
    outputs: Object.fromEntries(shown.map((name) => [name, output("machines", name)])),
  };
}

/** The resource `machines` with these hosts, and the quuids that a program would use next. */
export function withHosts(
  hosts: readonly unknown[],
  properties: Record<string, unknown> = {},
  options: Record<string, unknown> = {},
): Program {
  return {
    resources: { machines: { properties: { hosts, ...properties }, options } },
    outputs: { machines: output("machines", "machines") },
  };
}

/** So many MachineSyncs, `machines0` and so on. */
export function manySyncs(count: number, optionsOf: (index: number) => object = () => ({})): Program {
  const names = Array.from({ length: count }, (_, index) => `machines${index}`);
  return {
    resources: Object.fromEntries(names.map((name, index) => [name, { options: { ...optionsOf(index) } }])),
  };
}

/** JSON is YAML too. */
export function asYaml({ resources, ...others }: Program): string {
  const typed = Object.entries(resources ?? {}).map(([name, resource]) => [
    name,
    { type: "tencentcloud-cwp:MachineSync", ...resource },
  ]);
  return Object.entries({ resources: Object.fromEntries(typed), ...others })
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    .join("");
}

/** The same, by the dynamic resource. */
export function asJavaScript({ resources = {}, outputs = {}, ...others }: Program): string {
  const strange = Object.values(resources).some(({ type, get }) => type ?? get);
  if (strange || Object.keys(others).length > 0) {
    throw new Error("The dynamic resource has no such program.");
  }
  const lines = Object.entries(resources).map(
    ([name, { properties = {}, options = {} }]) =>
      `const ${name} = new cwp.MachineSync("${name}", ${expression(properties)}, ${expression(options)});`,
  );
  return [
    ...lines,
    ...Object.entries(outputs).map(([name, value]) => `exports.${name} = ${expression(value)};`),
  ].join("\n");
}

function expression(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(expression).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    return "fn::secret" in value
      ? `pulumi.secret(${expression(value["fn::secret"])})`
      : `{ ${Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${expression(inner)}`)} }`;
  }
  const [, referred] = /^\$\{(.+)\}$/.exec(String(value)) ?? [];
  return referred ?? JSON.stringify(value);
}
