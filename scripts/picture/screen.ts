import type { IBufferCell, IBufferLine, Terminal } from "@xterm/headless";

/** The style of a piece of text. */
interface Style {
  /** A number of the terminal's palette; undefined for plain text. */
  readonly colour: number | undefined;
  readonly bold: boolean;
  readonly underlined: boolean;
}

/** A piece of text on a row, of one style. It has no blank at its ends and no two in a row within. */
export interface Run {
  readonly text: string;
  /** The column in which it begins, from 0, and the number of its columns: a wide character takes two. */
  readonly column: number;
  readonly columns: number;
  readonly style: Style;
}

/** The screen of a terminal at one moment: its rows from the top, without the empty ones at the end. */
export type Screen = readonly (readonly Run[])[];

/** Reads the present screen. Backgrounds are left out. */
export function readScreen({ buffer, rows }: Terminal): Screen {
  const { active } = buffer;
  const screen = Array.from({ length: rows }, (_, row) => readRow(active.getLine(active.viewportY + row)));
  return screen.slice(0, 1 + screen.findLastIndex((runs) => runs.length > 0));
}

/** The words of a screen, one line for a row. */
export function textOf(screen: Screen): string {
  return screen.map((runs) => runs.map(({ text }) => text).join("  ")).join("\n");
}

/** The rows as on the screen, each text in its column. */
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
 * Joins two pieces of text. A font may lack characters beyond ASCII, and the substitute may have another
 * width: each of these characters is a run of its own.
 */
function join(before: Run | undefined, one: Run): Run | undefined {
  if (before === undefined || !isSameStyle(before.style, one.style) || isAscii(before) !== isAscii(one)) {
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

function isSameStyle(a: Style, b: Style): boolean {
  return a.colour === b.colour && a.bold === b.bold && a.underlined === b.underlined;
}

function styleOf(cell: IBufferCell): Style {
  return {
    colour: cell.isFgDefault() ? undefined : cell.getFgColor(),
    bold: cell.isBold() !== 0,
    underlined: cell.isUnderline() !== 0,
  };
}
