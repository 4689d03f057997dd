import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../../../../emulator";
import { pulumiSettings } from "../../../../provider/account/config";
import { type AccountArgs, resolveConnection } from "../../../../provider/account/settings";
import type { Connection } from "../../../../provider/api/connection";
import { connect } from "../../../../provider/cwp/client";
import { type Home, ownHome } from "./home";
import { ROLE_PATH, roleCredentials, StandIn } from "./standIn";

/** The time limit of a request, in milliseconds. */
const LONG_MS = 5_000;

export const keysOf = (name: string) => ({
  secretId: `AKID${name}`,
  secretKey: `the-secret-key-of-${name}`,
});
export const tokenOf = (name: string) => `the-token-of-${name}`;
export const arnOf = (name: string) => `qcs::cam::uin/100000000001:roleName/${name}`;

/** The accounts of a test, each named after the settings that lead to it. */
export interface Accounts {
  /** Accounts with permanent keys. */
  readonly plain: readonly string[];
  /**
   * Accounts with temporary keys: `keysOf` with `tokenOf`. The metadata service gives the keys of a CVM role.
   */
  readonly temporary: readonly string[];
  /**
   * Accounts with a role `arnOf` to assume, in any way: the token and the assertion are `tokenOf`.
   */
  readonly assumed: readonly string[];
}

/**
 * Accounts in an emulator, a metadata service that has a role for each name, and the settings of one test.
 */
export class World {
  args: AccountArgs = {};
  config: Record<string, string> = {};

  constructor(
    private readonly accounts: Accounts,
    readonly emulator: Emulator,
    readonly metadata: StandIn,
    readonly home: Home,
  ) {}

  setEnv(values: Record<string, string>): void {
    Object.assign(process.env, values);
  }

  setConfig(values: Record<string, string | object>): void {
    for (const [name, value] of Object.entries(values)) {
      this.config[`tencentcloud:${name}`] = typeof value === "string" ? value : JSON.stringify(value);
    }
  }

  /** The machine is a CVM instance. The role bound to it is named boundRole. */
  onCvm(): void {
    this.setEnv({ TENCENTCLOUD_METADATA_URL: this.metadata.url });
  }

  tccli(profile: string, more: object = {}, name = profile): string {
    return this.home.write(`.tccli/${profile}.credential`, { ...keysOf(name), ...more });
  }

  connection(): Connection {
    const args = { endpoint: this.emulator.url, ...this.args };
    return resolveConnection(
      args,
      pulumiSettings((name) => this.config[name]),
      process.env,
    );
  }

  /** Sends a request under the settings of the test, and returns the account that it reached. */
  async signer(): Promise<string | undefined> {
    const { plain, temporary, assumed } = this.accounts;
    await connect(this.connection()).syncMachines(false, LONG_MS);
    const world = this.emulator.world(this.emulator.requests.at(-1)?.secretId);
    return [...plain, ...temporary, ...assumed].find(
      (name) => this.emulator.world(keysOf(name).secretId) === world,
    );
  }

  /** The actions that were requested so far. */
  actions(): string[] {
    return this.emulator.requests.map(({ action }) => action);
  }
}

/**
 * Gives every test of a suite a world of its own, with settings, a home folder and an environment that are
 * empty.
 */
export function ownWorld(accounts: Accounts): () => World {
  const home = ownHome();
  let emulator: Emulator;
  let metadata: StandIn;
  let world: World;

  // One for each test: the emulator, like Tencent Cloud, refuses more than so many requests a second.
  beforeEach(async () => {
    const { plain, temporary, assumed } = accounts;
    const withToken = temporary.map((name) => ({ ...keysOf(name), token: tokenOf(name) }));
    const [first, ...others] = [...[...plain, ...assumed].map(keysOf), ...withToken];
    assert.ok(first);
    emulator = await startEmulator({
      accounts: [first, ...others],
      roles: assumed.map((name) => ({
        arn: arnOf(name),
        account: keysOf(name).secretId,
        webIdentityToken: tokenOf(name),
        samlAssertion: tokenOf(name),
      })),
    });
    world = new World(accounts, emulator, metadata, home);
  });
  before(async () => {
    metadata = await StandIn.start(({ path }) => {
      const name = path.startsWith(ROLE_PATH) ? path.slice(ROLE_PATH.length) : undefined;
      if (name === undefined) {
        return undefined;
      }
      return name === "" ? "boundRole" : roleCredentials({ ...keysOf(name), token: tokenOf(name) });
    });
  });
  beforeEach(() => metadata.asked.splice(0));
  afterEach(() => emulator.stop());
  after(() => metadata.stop());
  return () => world;
}
