import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../../emulator";
import { inConfig, inEnvironment } from "../account";
import { underWay } from "../interrupted";
import { manySyncs, oneSync } from "../program";
import { TestStack } from "../stack";
import { until } from "../until";

/** The parts that differ from the plugin. */
describe("The dynamic resource alone", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: TestStack;

  beforeEach(async () => {
    emulator = await startEmulator({ syncSeconds: 1 });
    stack = await TestStack.create({ config: inConfig("dynamic", emulator) });
  });
  afterEach(async () => {
    await stack.remove();
    await emulator.stop();
  });

  it("names each wrong argument in the preview, and shows no secret among them", async () => {
    const wrong = { triggers: "web", skipAwait: "yes", secretKey: "opensesame", endpoint: 7 };
    const { errors, stdout, stderr } = await stack.preview(oneSync(wrong), { expectFailure: true });
    const said = errors.join("\n");
    assert.match(said, /triggers must be a list, not a string/);
    assert.match(said, /skipAwait must be true or false, not a string/);
    assert.match(said, /no property secretKey.*Credentials belong in the config or the environment/s);
    assert.match(said, /endpoint must be a host or URL, not a number/);
    assert.doesNotMatch(stdout + stderr, /opensesame/);
    assert.equal(emulator.requests.length, 0);
  });

  it("has one short provider text for eight resources, and no secret in it", async () => {
    const account = { secretId: "AKIDtemporary", secretKey: "the-key-from-the-environment" };
    const token = "the-token-from-the-environment";
    await Promise.all([stack.remove(), emulator.stop()]);
    emulator = await startEmulator({ syncSeconds: 1, accounts: [{ ...account, token }] });
    stack = await TestStack.create({
      env: { ...inEnvironment(emulator, account), TENCENTCLOUD_TOKEN: token },
    });
    await stack.up(manySyncs(8));
    const [text, ...more] = new Set(stack.machineSyncs().map(({ outputs }) => outputs?.__provider));
    assert.ok(typeof text === "string" && Buffer.byteLength(text) <= 2_000, `${String(text).length} bytes`);
    assert.deepEqual(more, []);
    const state = JSON.stringify(stack.exportState());
    assert.ok(!state.includes(account.secretKey) && !state.includes(token));
  });

  /** Starts an up whose sync takes ten minutes, and resolves with its end once the wait has begun. */
  async function longUp() {
    emulator.setSyncSeconds(600);
    let printed = "";
    const onOutput = (text: string) => {
      printed += text;
    };
    const ended = stack.up(oneSync(), { expectFailure: true, onOutput });
    await underWay(emulator);
    return { ended, printed: () => printed };
  }

  it("waits after one Ctrl-C for the end of the sync in progress, and keeps its outcome", async () => {
    const { ended } = await longUp();
    stack.cli?.kill("SIGINT");
    emulator.advance(600);
    const { stdout, stderr } = await ended;
    assert.match(stdout + stderr, /cancel/i);
    assert.equal(stack.resource("machines")?.outputs?.durationSeconds, 600);
  });

  it("ends at once after a second Ctrl-C, and leaves no provider process", async () => {
    const { ended, printed } = await longUp();
    stack.cli?.kill("SIGINT");
    await until(() => /\^C received|cancel/i.test(printed()));
    stack.cli?.kill("SIGINT");
    // If it did not notice, it would live as long as the sync.
    await Promise.all([ended, until(() => stack.providerPids().length === 0)]);
  });
});
