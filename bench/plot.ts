/** The picture of the delays in docs/semantics.md. */
import type { Delay } from "./delay";
import { OURS } from "./schedules";

/** The frame of the plot, in SVG units. */
const frame = { left: 70, right: 660, top: 40, bottom: 420 };
const size = { width: 800, height: 470 };
/** What it shows: requests across and delay in % upwards, both on logarithmic scales. */
const requests = { from: 5, to: 128, ticks: [5, 10, 20, 50, 100] };
const percent = { from: 1, to: 70, ticks: [1, 2, 5, 10, 20, 50] };

/** A grey that can be read on white and on black: an image does not know the page that it is on. */
const ink = "#808080";
const colours = { ours: "#e8590c", peers: "#3b82c4" };
const title = "How late the end of a sync is seen, and for how many requests";
const lineHeight = 16;
const letterWidth = 7.3;

interface Label {
  readonly text: string;
  /** The point that it names. */
  readonly x: number;
  readonly y: number;
  readonly style: string;
}

/**
 * Mean delay against mean requests, as an SVG image: a point for each schedule, and for ours with each
 * history. Lower is sooner, further left is cheaper.
 */
export function plotDelay(rows: readonly Delay[]): string {
  const ours = rows.filter(({ schedule }) => schedule === OURS);
  const peers = rows.filter(({ usesHistory, history }) => !usesHistory && history === "absent");
  const labels = [
    ...ours.map((row) =>
      label(`ours, history ${row.history}`, row, `fill="${colours.ours}" font-weight="600"`),
    ),
    ...peers.map((row) => label(row.schedule, row, `fill="${colours.peers}"`)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="system-ui, sans-serif" font-size="13" fill="${ink}">
<title>${title}</title>
<text x="${frame.left}" y="22" font-size="15" font-weight="600">${title}</text>
${axes()}
${peers.map((row) => dot(row, colours.peers, 4)).join("\n")}
${ours.map((row) => dot(row, colours.ours, 6)).join("\n")}
${write(labels).join("\n")}
</svg>
`;
}

type Point = Pick<Delay, "meanRequests" | "meanDelayFraction">;

function across(value: number): number {
  return place(value, requests, frame.left, frame.right);
}

function upwards(value: number): number {
  return place(value, percent, frame.bottom, frame.top);
}

function place(
  value: number,
  { from, to }: { from: number; to: number },
  start: number,
  end: number,
): number {
  return Math.round(start + (Math.log(value / from) / Math.log(to / from)) * (end - start));
}

function axes(): string {
  const { left, right, top, bottom } = frame;
  const columns = requests.ticks.map(across);
  const lines = [
    ...columns.map((x) => `M${x} ${top}V${bottom}`),
    ...percent.ticks.map((tick) => `M${left} ${upwards(tick)}H${right}`),
  ];
  const numbers = [
    ...requests.ticks.map(
      (tick) => `<text x="${across(tick)}" y="${bottom + 18}" text-anchor="middle">${tick}</text>`,
    ),
    ...percent.ticks.map(
      (tick) => `<text x="${left - 8}" y="${upwards(tick) + 4}" text-anchor="end">${tick} %</text>`,
    ),
  ];
  return `<path d="${lines.join("")}" stroke="${ink}" stroke-opacity="0.3"/>
${numbers.join("\n")}
<text x="${(left + right) / 2}" y="${bottom + 40}" text-anchor="middle">requests of the whole wait, mean</text>
<text transform="translate(18 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">delay beyond 0.5 s, as a part of the sync's length, mean</text>`;
}

function dot({ meanRequests, meanDelayFraction }: Point, colour: string, radius: number): string {
  return `<circle cx="${across(meanRequests)}" cy="${upwards(100 * meanDelayFraction)}" r="${radius}" fill="${colour}"/>`;
}

function label(text: string, { meanRequests, meanDelayFraction }: Point, style: string): Label {
  return {
    text: text.replaceAll("%", " %"),
    x: across(meanRequests),
    y: upwards(100 * meanDelayFraction),
    style,
  };
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Each label stands beside its point: at the first place where it covers no point and no label before it. */
function write(labels: readonly Label[]): string[] {
  const taken: Box[] = labels.map(({ x, y }) => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 }));
  return labels.map(({ text, x, y, style }) => {
    const width = text.length * letterWidth;
    const places = [0, 1, -1, 2, -2].flatMap((lines) => {
      const [top, bottom] = [y + (lines - 0.5) * lineHeight, y + (lines + 0.5) * lineHeight];
      return [
        { left: x + 10, right: x + 10 + width, top, bottom, anchor: "start" },
        { left: x - 10 - width, right: x - 10, top, bottom, anchor: "end" },
      ];
    });
    const [first] = places;
    const place = places.find((one) => !taken.some((box) => covers(one, box))) ?? first;
    if (!place) {
      return "";
    }
    taken.push(place);
    const at = place.anchor === "start" ? place.left : place.right;
    return `<text x="${at}" y="${place.bottom - 4}" text-anchor="${place.anchor}" ${style}>${text}</text>`;
  });
}

function covers(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
