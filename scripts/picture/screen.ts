/** What a terminal shows at one moment. */
import type { IBufferCell, IBufferLine, Terminal } from "@xterm/headless";

/** How a piece of text looks. */
interface Style {
  /** A number of the terminal's palette; undefined for plain text. */
  readonly colour: number | undefined;
  readonly bold: boolean;
  readonly underlined: boolean;
}

/** A piece of text on a row, of one style. It has no blank at its ends and no two in a row within. */
export interface Run {
  readonly text: string;
  /** The column in which it begins, from 0, and how many it takes: a wide character takes two. */
  readonly column: number;
  readonly columns: number;
  readonly style: Style;
}

/** What a terminal shows at a time: its rows from the top, without the empty ones at the end. */
export type Screen = readonly (readonly Run[])[];

/** Reads what the terminal shows now. Backgrounds are left out. */
export function readScreen({ buffer, rows }: Terminal): Screen {
  const { active } = buffer;
  const screen = Array.from({ length: rows }, (_, row) => readRow(active.getLine(active.viewportY + row)));
  return screen.slice(0, 1 + screen.findLastIndex((runs) => runs.length > 0));
}

/** The words of a screen, one line for a row. */
export function textOf(screen: Screen): string {
  return screen.map((runs) => runs.map(({ text }) => text).join("  ")).join("\n");
}

/** The rows as they stand on the screen, each text in its column. */
export function rowsOf(screen: Screen): string[] {
  return screen.map((runs) => runs.reduce((row, { text, column }) => row.padEnd(column) + text, ""));
}

function readRow(line: IBufferLine | undefined): Run[] {
  const runs: Run[] = [];
  for (let column = 0; column < (line?.length ?? 0); column++) {
    const cell = line?.getCell(column);
    const text = cell?.getChars().trim();
    if (!cell || !text) {
      continue;
    }
    const one: Run = { text, column, columns: cell.getWidth(), style: styleOf(cell) };
    const joined = join(runs.at(-1), one);
    if (joined) {
      runs.pop();
    }
    runs.push(joined ?? one);
  }
  return runs;
}

/**
 * A font may lack what is not ASCII, and its substitute have another width: such characters are runs of their
 * own.
 */
function join(before: Run | undefined, one: Run): Run | undefined {
  if (before === undefined || !sameStyle(before.style, one.style) || isAscii(before) !== isAscii(one)) {
    return undefined;
  }
  const blanks = one.column - before.column - before.columns;
  return blanks > 1
    ? undefined
    : {
        ...before,
        text: before.text + " ".repeat(blanks) + one.text,
        columns: before.columns + blanks + one.columns,
      };
}

function isAscii({ text }: Run): boolean {
  return /^[ -~]*$/.test(text);
}

function sameStyle(a: Style, b: Style): boolean {
  return a.colour === b.colour && a.bold === b.bold && a.underlined === b.underlined;
}

function styleOf(cell: IBufferCell): Style {
  return {
    colour: cell.isFgDefault() ? undefined : cell.getFgColor(),
    bold: cell.isBold() !== 0,
    underlined: cell.isUnderline() !== 0,
  };
}
