import Table from "cli-table3";
import { nameOf, type Row } from "./rows";
import { type Outcome, type Step, steps, stepsOf } from "./runRow";

const heads = ["Node.js", "Pulumi CLI", "@pulumi/pulumi", "Program", "Installed with", ...steps, "Remarks"];

/** Every row with its steps, for a terminal. */
export function consoleTable(outcomes: readonly Outcome[]): string {
  const table = new Table({
    head: ["row", ...heads, "seconds"],
    style: { head: [], border: [], compact: true },
  });
  for (const outcome of outcomes) {
    table.push([nameOf(outcome.row), ...cells(outcome), outcome.seconds.toFixed(0)]);
  }
  return table.toString();
}

/** The same in Markdown. */
export function matrixTable(outcomes: readonly Outcome[]): string {
  return markdown(heads, outcomes.map(cells));
}

function cells(outcome: Outcome): string[] {
  const { row, versions, passed, asksForNode, secondPulumi } = outcome;
  const has = stepsOf(row);
  const mark = (step: Step) => (passed.includes(step) ? "✓" : "✗");
  return [
    versions.node,
    versions.cli,
    versions.pulumi,
    `${language(outcome)}, ${row.modules}`,
    [installer(outcome), place(row)].join(" ").trim(),
    ...steps.map((step) => (has.includes(step) ? mark(step) : "")),
    [
      ...(asksForNode ? [`Pulumi asks for Node.js ${asksForNode}`] : []),
      ...(secondPulumi ? [`beside a second Pulumi, ${secondPulumi}`] : []),
    ].join("; "),
  ];
}

function language({ row, versions }: Outcome): string {
  if (!row.typescript) {
    return "JavaScript";
  }
  return `TypeScript ${versions.typescript}${row.typescript === "vendored" ? " (Pulumi's own)" : ""}`;
}

/** `pnpm 10.34.9`, without the layout. */
function installer({ row, versions }: Outcome): string {
  return `${row.layout.split(" ")[0]} ${versions.installer}`;
}

/** The layout, if it is not just the program's folder. */
function place({ layout }: Row): string | undefined {
  const [, kind] = layout.split(" ");
  return kind === "workspaces" ? "in workspaces" : kind === "link" ? "as a link" : undefined;
}

/** Every Node.js beside the oldest and the newest Pulumi, in Markdown, and the other rows that succeeded. */
export function supportTable(outcomes: readonly Outcome[]): string {
  const nodes = [...new Set(outcomes.map(({ row }) => row.node))];
  const went = outcomes.filter(hasSucceeded);
  const columns = (["oldest", "newest"] as const).map((age) =>
    outcomes.filter(({ row }) => row.pulumi === age),
  );
  const table = markdown(
    ["", ...columns.map(([first]) => `\`@pulumi/pulumi\` ${first?.versions.pulumi}`)],
    nodes.map((node) => [
      `Node.js ${outcomes.find(({ row }) => row.node === node)?.versions.node}`,
      ...columns.map((column) => support(column.filter(({ row }) => row.node === node))),
    ]),
  );
  const languages = distinct(went.map(language)).sort().reverse();
  const installers = distinct(went.map(installer)).sort();
  const places = distinct(went.flatMap(({ row }) => place(row) ?? []));
  return `${table}

Programs in ${list(languages)}, as CommonJS and as ES modules; installed with ${list(installers)}: ${list(["in the program's folder", ...places])}.`;
}

function support(rows: readonly Outcome[]): string {
  const [first] = rows;
  if (!first) {
    return "";
  }
  const { asksForNode } = first;
  const mark = rows.every(hasSucceeded) ? "✓" : "✗";
  return asksForNode ? `${mark}, though this Pulumi asks for Node.js ${asksForNode}` : mark;
}

export function hasSucceeded({ failure }: Outcome): boolean {
  return failure === undefined;
}

function markdown(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`.replaceAll("|  |", "| |");
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function list(texts: readonly string[]): string {
  return new Intl.ListFormat("en").format(texts);
}

const begin = "<!-- matrix:begin -->";
const end = "<!-- matrix:end -->";

/** The document with another text between the two markers; undefined if it does not have them. */
export function replaceMarked(document: string, text: string): string | undefined {
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from < 0 || to < 0) {
    return undefined;
  }
  return `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`;
}
