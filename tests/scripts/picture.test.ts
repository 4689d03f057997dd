import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { Terminal } from "@xterm/headless";
import { drawFilm } from "../../scripts/picture/drawing";
import { record } from "../../scripts/picture/recording";
import { readScreen, type Screen, textOf } from "../../scripts/picture/screen";

const size = { rows: 6, columns: 40 };

/** The screen of a terminal after these bytes. */
async function render(bytes: string): Promise<Screen> {
  const terminal = new Terminal({ rows: size.rows, cols: size.columns, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(bytes, resolve));
  return readScreen(terminal);
}

const draw = (...screens: Screen[]) =>
  drawFilm({
    ...size,
    command: "run <it> & wait",
    description: "Not much.",
    frames: screens.map((screen, i) => ({ screen, seconds: i + 1 })),
  });

/** The words in an SVG image, as a reader sees them. */
function words(svg: string): string {
  const text = svg.replace(/<style>[^<]*<\/style>/, "").replaceAll(/<[^>]*>/g, "\n");
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** @throws unless each element is closed in its place, and the text has nothing that XML forbids. */
function assertWellFormed(svg: string): void {
  const attributes = String.raw`(?:\s+[\w:-]+="[^"<&]*")*`;
  const markup = new RegExp(String.raw`<(\w+)${attributes}\s*(/?)>|</(\w+)>`, "g");
  const open: (string | undefined)[] = [];
  for (const [, opened, empty, closed] of svg.matchAll(markup)) {
    if (closed) {
      assert.equal(open.pop(), closed);
    } else if (!empty) {
      open.push(opened);
    }
  }
  assert.deepEqual(open, []);
  assert.doesNotMatch(svg.replaceAll(markup, ""), /<|&(?!(lt|gt|amp);)/);
}

/** The attributes of the element of a text in the SVG. */
function attributesOf(svg: string, text: string): Record<string, string> {
  const [, attributes = ""] = new RegExp(`<text ([^>]*)>${text}</text>`).exec(svg) ?? [];
  return Object.fromEntries(
    [...attributes.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
}

describe("The picture of a terminal", () => {
  it("has the text of the screen, with the characters that XML reserves", async () => {
    const svg = draw(await render("a <b> & \"c\" 'd'\r\n"));
    assertWellFormed(svg);
    assert.ok(words(svg).includes(`\na <b> & "c" 'd'\n`));
    assert.ok(words(svg).includes(" run <it> & wait\n"));
  });

  it("has the colours and the faces of the text", async () => {
    const svg = draw(await render("\x1b[38;5;13m\x1b[1mbold\x1b[0m plain \x1b[4m\x1b[34mlink\x1b[0m"));
    assert.equal(attributesOf(svg, "bold").class, "c13 b");
    assert.equal(attributesOf(svg, "plain").class, undefined);
    assert.equal(attributesOf(svg, "link").class, "c4 u");
    assert.match(svg, /\.c13\{fill:#d2a8ff\}/);
  });

  it("refuses a colour that it does not have", async () => {
    const screen = await render("\x1b[38;5;200mpink");
    assert.throws(() => draw(screen), /"pink" has the colour 200/);
  });

  it("puts each text in its column, whatever is before it", async () => {
    const svg = draw(await render("0123456789ab\r\n└─ 主机安全 x  y\r\n"));
    const column = Number(attributesOf(svg, "0123456789ab").textLength) / 12;
    const columns = (text: string) =>
      ["x", "textLength"].map((name) => Math.round(Number(attributesOf(svg, text)[name]) / column));
    assert.deepEqual(columns("└─ 主机安全"), [0, 11]);
    assert.deepEqual(columns("x"), [12, 1]);
    assert.deepEqual(columns("y"), [15, 1]);
  });

  it("shows the rest of a screen that was painted over, and no control characters", async () => {
    const screen = await render("first\r\nsecond\x1b[1A\x1b[5D\x1b[2Kthird\x07\x1b[?25l");
    assert.equal(textOf(screen).replaceAll(/ +/g, " "), "third\nsecond");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: there should be none.
    assert.doesNotMatch(draw(screen), /[\x00-\x09\x0b-\x1f\x7f]/);
  });

  it("shows its last screen if motion is turned off", async () => {
    const svg = draw(await render("one"), await render("two"), await render("three"));
    const [, rest] = /<g id="film" transform="translate\(0 -(\d+)\)">/.exec(svg) ?? [];
    const screens = [...svg.matchAll(/<g transform="translate\(0 (\d+)\)"><use href="#(\w+)"/g)];
    const [, , id] = screens.find(([, place]) => place === rest) ?? [];
    assert.ok(id);
    assert.match(svg, new RegExp(`<g id="${id}">.*>three</text></g>`));
  });

  it("says that it needs Python if there is none", () =>
    assert.rejects(
      record({
        ...size,
        command: ["true"],
        cwd: __dirname,
        env: { PATH: path.join(__dirname, "no-such-folder") },
        answer: { question: "?", keys: [] },
      }),
      /^Error: The picture needs python3, which gives the command a terminal: .*ENOENT\.$/,
    ));
});

describe("docs/terminal.svg", () => {
  const svg = fs.readFileSync(path.resolve(__dirname, "../../docs/terminal.svg"), "utf8");

  it("is a small image that loads nothing and runs nothing", () => {
    assertWellFormed(svg);
    assert.ok(Buffer.byteLength(svg) < 60_000);
    assert.doesNotMatch(svg, /<script|<image|<foreignObject|@import|@font-face|url\(| on\w+=/);
    assert.deepEqual(svg.match(/https?:[^"]*/g), ["http://www.w3.org/2000/svg"]);
  });

  it("shows the remaining time of the sync, of a create and of an update, and the times of its end", () => {
    assert.match(words(svg), /^\d+ s left$/m);
    assert.match(words(svg), /^\[diff:\s+~hosts\s+\]; \d+ s left$/m);
    assert.match(words(svg), /^LatestEndTime/m);
    assert.match(words(svg), /^Duration:$/m);
  });

  it("names no folder and no host of the machine that it was made on", () =>
    assert.doesNotMatch(words(svg), /(?<![\w\]])\/\w|~\/|\w:\\|file:|localhost|\d+\.\d+\.\d+\.\d+/));
});
