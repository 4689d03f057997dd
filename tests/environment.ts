/** The variables that the package reads from the environment: its settings and the proxies. */
const read = /^(TENCENTCLOUD|TCCLI|TKE)_|proxy/i;

/**
 * Gives every test of a suite an environment without any of the package's settings, and restores it after
 * the test.
 */
export function cleanEnvironment(): void {
  let before: NodeJS.ProcessEnv = {};

  beforeEach(() => {
    before = { ...process.env };
    for (const name of Object.keys(before).filter((name) => read.test(name))) {
      delete process.env[name];
    }
  });

  afterEach(() => {
    for (const name of Object.keys(process.env).filter((name) => !(name in before))) {
      delete process.env[name];
    }
    Object.assign(process.env, before);
  });
}
