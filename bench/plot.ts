/** The picture of the delays: how late each schedule sees the end of a sync, and for how many requests. */
import type { Delay } from "./delay";
import { OURS } from "./schedules";

/** The frame of the plot, in SVG units. It shows requests across and delay in % upwards. */
const frame = { left: 70, right: 770, top: 84, bottom: 390 };
const size = { width: 800, height: 470 };
const requests = { to: 105, ticks: [0, 20, 40, 60, 80, 100] };
const percent = { to: 52, ticks: [0, 10, 20, 30, 40, 50] };

/** A grey that can be read on white and on black: an image does not know the page that it is on. */
const ink = "#808080";
const colours = { ours: "#e8590c", peers: "#3b82c4" };
const title = "How late the end of a sync is noticed, and for how many requests";

/**
 * The peers that a reader may know, by the name that says most. Every other peer is as good as one of these.
 */
const peerNames: Readonly<Record<string, string>> = {
  "@azure/core-lro": "Azure SDK: every 2 s",
  "fixed 5 s (tccli --waiter)": "tccli --waiter: every 5 s",
  "1 to 15 s backoff (Pulumi google-native)": "Pulumi google-native: 1 to 15 s",
  "StateChangeConf (Terraform SDK)": "Terraform SDK",
  "@smithy/util-waiter (AWS SDK)": "AWS SDK",
};
const leftOfTheirs = new Set(["Azure SDK: every 2 s", "Terraform SDK"]);
const oursNames: Partial<Record<Delay["history"], string>> = {
  absent: "this package, with no sync before",
  "within 25%": "this package, once it knows how long a sync takes",
};

interface Point {
  readonly name: string;
  readonly isOurs: boolean;
  readonly x: number;
  readonly y: number;
}

/** Mean delay against mean requests, as an SVG image. Lower is sooner, further left is cheaper. */
export function plotDelay(rows: readonly Delay[]): string {
  const points = rows.flatMap((row) => {
    const isOurs = row.schedule === OURS;
    const name = isOurs
      ? oursNames[row.history]
      : row.history === "absent"
        ? peerNames[row.schedule]
        : undefined;
    return name === undefined
      ? []
      : [{ name, isOurs, x: across(row.meanRequests), y: upwards(100 * row.meanDelayFraction) }];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="system-ui, sans-serif" font-size="14" fill="${ink}">
<title>${title}</title>
<text x="16" y="24" font-size="16" font-weight="600">${title}</text>
${axes()}
${points.map(draw).join("\n")}
</svg>
`;
}

function across(value: number): number {
  return Math.round(frame.left + (value / requests.to) * (frame.right - frame.left));
}

function upwards(value: number): number {
  return Math.round(frame.bottom - (value / percent.to) * (frame.bottom - frame.top));
}

function axes(): string {
  const { left, right, top, bottom } = frame;
  const numbers = [
    ...requests.ticks.map(
      (tick) => `<text x="${across(tick)}" y="${bottom + 20}" text-anchor="middle">${tick}</text>`,
    ),
    ...percent.ticks.map(
      (tick) => `<text x="${left - 10}" y="${upwards(tick) + 5}" text-anchor="end">${tick} %</text>`,
    ),
  ];
  const grid = percent.ticks.map((tick) => `M${left} ${upwards(tick)}H${right}`);
  return `<path d="${grid.join("")}" stroke="${ink}" stroke-opacity="0.25"/>
<path d="M${left} ${top}V${bottom}H${right}" stroke="${ink}" fill="none"/>
${numbers.join("\n")}
<text x="16" y="60">↑ delay after the end, as a part of the sync's length (10 % of a sync of one minute is 6 s)</text>
<text x="${right}" y="${bottom + 42}" text-anchor="end">requests for one sync →</text>
<text x="16" y="${size.height - 12}" font-size="12">Means over 2000 syncs of 2 s to 20 min. A delay of half a second counts as none.</text>
<text x="${right}" y="${top + 36}" text-anchor="end" font-style="italic">the further down and left, the better</text>`;
}

/** A point, and its name beside it: on the right, if that covers no other point. */
function draw({ name, isOurs, x, y }: Point): string {
  const fill = isOurs ? colours.ours : colours.peers;
  const [radius, weight] = isOurs ? [8, ' font-weight="700"'] : [5, ""];
  const [label, anchor] = leftOfTheirs.has(name) ? [x - 12, "end"] : [x + 14, "start"];
  return `<circle cx="${x}" cy="${y}" r="${radius}" fill="${fill}"/>
<text x="${label}" y="${y + 5}" text-anchor="${anchor}" fill="${fill}"${weight}>${name}</text>`;
}
