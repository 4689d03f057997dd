/** Draws the screens of a terminal as an animated SVG. */
import type { Run, Screen } from "./screen";

/** A screen of the film, and its duration. */
export interface Frame {
  readonly screen: Screen;
  readonly seconds: number;
}

export interface Film {
  /** The typed command, shown above the screens. */
  readonly command: string;
  /** The size of the terminal. */
  readonly rows: number;
  readonly columns: number;
  readonly frames: readonly Frame[];
  /** The film in words, for screen readers. */
  readonly description: string;
}

/** A column and a row, in SVG units. Fonts differ in width, so each piece of text has a width of its own. */
const cell = { width: 7.8, height: 18, font: 13, baseline: 13 };
const MARGIN = 14;
const BAR = 36;

/** The colours that GitHub's dark theme gives a terminal. The window is dark on a light page, too. */
const window = { fill: "#161b22", edge: "#30363d", text: "#d0d7de" };
const palette = [
  ...["#484f58", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#b1bac4"],
  ...["#6e7681", "#ffa198", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#ffffff"],
];
const fonts =
  "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace";

/**
 * A film of a terminal, as an SVG image: its frames are stacked, and CSS moves one after the other into the
 * window, for ever. If motion is turned off, the last frame is shown.
 *
 * @throws for a colour that is none of the first 16.
 */
export function drawFilm({ command, rows, columns, frames, description }: Film): string {
  const screen = { width: round(columns * cell.width), height: rows * cell.height };
  const size = { width: round(screen.width + 2 * MARGIN), height: BAR + screen.height + 2 * MARGIN };
  const lines = distinctLines(frames);
  const place = (frame: number) => -frame * screen.height;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="title description">
<title id="title">${escapeXml(command)}</title>
<desc id="description">${escapeXml(description)}</desc>
<style>
text{font:${cell.font}px ${fonts};fill:${window.text}}
.b{font-weight:bold}
.u{text-decoration:underline}
${palette.map((colour, i) => `.c${i}{fill:${colour}}`).join("\n")}
#film{animation:film ${round(total(frames))}s step-end infinite}
@keyframes film{
${frames.map((_, i) => `${startOf(i, frames)}%{transform:translateY(${place(i)}px)}`).join("\n")}
}
@media (prefers-reduced-motion:reduce){#film{animation:none}}
</style>
<defs>
${lines.map((line, i) => `<g id="l${i}">${line}</g>`).join("\n")}
</defs>
<rect x="0.5" y="0.5" width="${size.width - 1}" height="${size.height - 1}" rx="8" fill="${window.fill}" stroke="${window.edge}"/>
<path d="M1 ${BAR}H${size.width - 1}" stroke="${window.edge}"/>
<text x="${MARGIN}" y="23"><tspan class="c10">$</tspan> ${escapeXml(command)}</text>
<svg aria-hidden="true" x="${MARGIN}" y="${BAR + MARGIN}" width="${screen.width}" height="${screen.height}">
<g id="film" transform="translate(0 ${place(frames.length - 1)})">
${frames.map((frame, i) => `<g transform="translate(0 ${-place(i)})">${drawScreen(frame.screen, lines)}</g>`).join("\n")}
</g>
</svg>
</svg>
`;
}

/** The different rows: most rows are on many screens, and are drawn once. */
function distinctLines(frames: readonly Frame[]): string[] {
  const rows = frames.flatMap(({ screen }) => screen).filter((runs) => runs.length > 0);
  return [...new Set(rows.map(drawRow))];
}

function drawScreen(screen: Screen, lines: readonly string[]): string {
  return screen
    .map((runs, row) =>
      runs.length === 0 ? "" : `<use href="#l${lines.indexOf(drawRow(runs))}" y="${row * cell.height}"/>`,
    )
    .join("");
}

function drawRow(runs: readonly Run[]): string {
  return runs.map(drawRun).join("");
}

function drawRun({ text, column, columns, style }: Run): string {
  const { colour, bold, underlined } = style;
  if (colour !== undefined && palette[colour] === undefined) {
    throw new Error(`"${text}" has the colour ${colour}, and the picture has only ${palette.length}.`);
  }
  const classes = [colour === undefined ? "" : `c${colour}`, bold ? "b" : "", underlined ? "u" : ""];
  const attributes = classes.some(Boolean) ? ` class="${classes.filter(Boolean).join(" ")}"` : "";
  const place = `x="${round(column * cell.width)}" y="${cell.baseline}"`;
  const width = `textLength="${round(columns * cell.width)}" lengthAdjust="spacingAndGlyphs"`;
  return `<text ${place} ${width}${attributes}>${escapeXml(text)}</text>`;
}

/** When a frame begins, in % of the film. */
function startOf(frame: number, frames: readonly Frame[]): number {
  return round((100 * total(frames.slice(0, frame))) / total(frames));
}

function total(frames: readonly Frame[]): number {
  return frames.reduce((sum, { seconds }) => sum + seconds, 0);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
