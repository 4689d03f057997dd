import assert from "node:assert/strict";
import fc from "fast-check";
import { pluginSettings, pulumiSettings, type Settings } from "../../../provider/account/config";
import { parseEndpoint, stsConnection } from "../../../provider/account/endpoint";
import { resolveConnection } from "../../../provider/account/settings";
import type { Connection } from "../../../provider/api/connection";
import { SettingsError } from "../../../provider/api/errors";
import { refusal } from "../../refusal";
import { NOWHERE, ownHome } from "./credentials/home";

type Values = Readonly<Record<string, string | undefined>>;

const configOf = (values: Values): Settings => pulumiSettings((name) => values[name]);
const nothing = configOf({});

/** The id, key and token of these settings. */
async function keysOf(config: Values, env: Values): Promise<(string | undefined)[]> {
  const { secretId, secretKey, token } = await resolveConnection(
    {},
    configOf(config),
    env,
  ).credentials.find();
  return [secretId, secretKey, token];
}

const configPair = { "tencentcloud:secretId": "config-id", "tencentcloud:secretKey": "config-key" };
const environmentPair = {
  TENCENTCLOUD_SECRET_ID: "environment-id",
  TENCENTCLOUD_SECRET_KEY: "environment-key",
};

/** Every way of choosing one value for each name. */
function choices(names: readonly string[], valuesOf: (name: string) => readonly (string | undefined)[]) {
  return names.reduce<Values[]>(
    (before, name) =>
      before.flatMap((chosen) => valuesOf(name).map((value) => ({ ...chosen, [name]: value }))),
    [{}],
  );
}

describe("The settings", () => {
  const home = ownHome();

  const settings: readonly {
    name: "endpoint" | "region";
    config: string;
    environment: string;
    default: string | undefined;
    of: (connection: Connection) => string | undefined;
  }[] = [
    {
      name: "endpoint",
      config: "tencentcloud-cwp:endpoint",
      environment: "TENCENTCLOUD_CWP_ENDPOINT",
      default: "cwp.tencentcloudapi.com",
      of: ({ host }) => host,
    },
    {
      name: "region",
      config: "tencentcloud:region",
      environment: "TENCENTCLOUD_REGION",
      default: undefined,
      of: ({ region }) => region,
    },
  ];

  for (const { name, config, environment, default: otherwise, of } of settings) {
    it(`take the ${name} from the argument, then the config, then the environment, and skip empty values`, () => {
      const places = ["argument", "config", "environment"];
      for (const values of choices(places, (place) => [`${place}.example`, "", undefined])) {
        const connection = resolveConnection(
          { [name]: values.argument },
          configOf({ ...configPair, [config]: values.config }),
          { [environment]: values.environment },
        );
        const expected = places.map((place) => values[place]).find((value) => value) ?? otherwise;
        assert.equal(of(connection), expected, JSON.stringify(values));
      }
    });
  }

  it("name the region for CWP alone before the provider's, and leave it out if it is none", () => {
    const connection = (args: { region?: string }, config: Values, env: Values = {}) =>
      resolveConnection(
        args,
        configOf({ ...configPair, "tencentcloud:region": "ap-provider", ...config }),
        env,
      );
    assert.equal(connection({}, { "tencentcloud-cwp:region": "ap-cwp" }).region, "ap-cwp");
    assert.equal(connection({}, {}, { TENCENTCLOUD_CWP_REGION: "ap-cwp" }).region, "ap-cwp");
    assert.equal(
      connection({ region: "ap-argument" }, { "tencentcloud-cwp:region": "none" }).region,
      "ap-argument",
    );
    for (const without of [
      connection({}, { "tencentcloud-cwp:region": "none" }),
      connection({}, {}, { TENCENTCLOUD_CWP_REGION: "none" }),
      connection({ region: "none" }, {}),
    ]) {
      assert.ok(!("region" in without));
    }
  });

  it("refuse a region that no header can carry, even for STS alone", async () => {
    for (const config of [
      { "tencentcloud-cwp:region": "ap-guangzhou\nX-Other: yes" },
      { "tencentcloud-cwp:region": "none", "tencentcloud:region": "ap-guangzhou\nX-Other: yes" },
    ]) {
      const error = await refusal(() => resolveConnection({}, configOf({ ...configPair, ...config }), {}));
      assert.match(error.message, /^The region holds a character that cannot be right/);
    }
  });

  it("take the endpoint of the provider's domain if no endpoint is named", () => {
    const host = (config: Values, env: Values = {}) =>
      resolveConnection({}, configOf({ ...configPair, ...config }), env).host;
    const domain = { "tencentcloud:domain": "internal.tencentcloudapi.com" };
    assert.equal(host(domain), "cwp.internal.tencentcloudapi.com");
    assert.equal(host(domain, { TENCENTCLOUD_DOMAIN: "example.com" }), "cwp.internal.tencentcloudapi.com");
    assert.equal(host({}, { TENCENTCLOUD_DOMAIN: "example.com" }), "cwp.example.com");
    assert.equal(host({}, { TENCENTCLOUD_DOMAIN: "example.com:8443" }), "cwp.example.com:8443");
    assert.equal(host({ ...domain, "tencentcloud-cwp:endpoint": "cwp.example.org" }), "cwp.example.org");
    assert.equal(host(domain, { TENCENTCLOUD_CWP_ENDPOINT: "cwp.example.org" }), "cwp.example.org");
  });

  const domains = ["https://tencentcloudapi.com", "a/b", "two words", "user:opensesame@example.com"];
  for (const end of ["/", "?", "#", " ", "\t", "\n", "\u00a0", "\\", ".", ":", ":99999", "/#?"]) {
    domains.push(`tencentcloudapi.com${end}`);
  }
  for (const domain of [
    ...domains,
    " tencentcloudapi.com",
    ".tencentcloudapi.com",
    "tencent\ncloudapi.com",
  ]) {
    it(`refuse the domain ${JSON.stringify(domain)}, and name the setting`, async () => {
      const error = await refusal(
        () => resolveConnection({}, configOf({ ...configPair, "tencentcloud:domain": domain }), {}),
        "opensesame",
      );
      assert.equal(
        error.message,
        "tencentcloud:domain cannot be used: it must be a domain such as tencentcloudapi.com.",
      );
      const ofEnvironment = await refusal(() =>
        resolveConnection({}, configOf(configPair), { TENCENTCLOUD_DOMAIN: domain }),
      );
      assert.match(ofEnvironment.message, /^TENCENTCLOUD_DOMAIN cannot be used/);
      // It would still be the domain of STS.
      const besideEndpoint = { ...configPair, "tencentcloud-cwp:endpoint": "cwp.example.com" };
      await refusal(() => resolveConnection({}, configOf(besideEndpoint), { TENCENTCLOUD_DOMAIN: domain }));
    });
  }

  it("are named as the plugin knows them, if it reads them", async () => {
    const values: Values = { secretId: "id", region: "none", domain: "example.com" };
    const settings = pluginSettings((name) => values[name]);
    const error = await refusal(() => resolveConnection({}, settings, {}));
    assert.match(
      error.message,
      /^tencentcloud-cwp:secretId is set, but neither tencentcloud-cwp:secretKey nor /,
    );
    const whole = pluginSettings((name) => ({ ...values, secretKey: "key" })[name]);
    const connection = resolveConnection({}, whole, {});
    assert.deepEqual([connection.host, connection.region], ["cwp.example.com", undefined]);
  });

  it("warn of a protocol that has no effect", () => {
    const config = configOf({ ...configPair, "tencentcloud:protocol": "HTTP" });
    const [warning = "", ...more] = resolveConnection({}, config, {}).warnings ?? [];
    assert.match(warning, /^tencentcloud:protocol has no effect on CWP: requests go over HTTPS/);
    assert.deepEqual(more, []);
  });

  it("take the first region that is set: argument, CWP's own, the provider's, the profile's", () => {
    home.write(".tccli/default.configure", { region: "ap-profile" });
    const config: Record<string, string> = {
      "tencentcloud-cwp:region": "ap-cwp-config",
      "tencentcloud:region": "ap-config",
    };
    const env: Record<string, string> = {
      TENCENTCLOUD_CWP_REGION: "ap-cwp-environment",
      TENCENTCLOUD_REGION: "ap-environment",
    };
    const region = (args = {}) => resolveConnection(args, configOf(config), env).region;
    assert.equal(region({ region: "ap-argument" }), "ap-argument");
    assert.equal(region({ region: "" }), "ap-cwp-config");
    config["tencentcloud-cwp:region"] = "";
    assert.equal(region(), "ap-cwp-environment");
    env.TENCENTCLOUD_CWP_REGION = "";
    assert.equal(region(), "ap-config");
    config["tencentcloud:region"] = "";
    assert.equal(region(), "ap-environment");
    env.TENCENTCLOUD_REGION = "";
    assert.equal(region(), "ap-profile");
  });

  it("name the domain that is wrong, and only if it counts", async () => {
    const config = { ...configPair, "tencentcloud:domain": "example.com" };
    const env = { TENCENTCLOUD_DOMAIN: "not a domain" };
    assert.equal(resolveConnection({}, configOf(config), env).host, "cwp.example.com");
    const error = await refusal(() =>
      resolveConnection({}, configOf({ ...config, "tencentcloud:domain": "not a domain" }), {
        TENCENTCLOUD_DOMAIN: "example.com",
      }),
    );
    assert.match(error.message, /^tencentcloud:domain cannot be used/);
  });

  it("have this package's own names for endpoint and region, and the provider's for all others", () => {
    const asked: string[] = [];
    const read = (name: string) => {
      asked.push(name);
      return name;
    };
    const names = ["endpoint", "cwpRegion", "region", "secretId"];
    const pulumi = pulumiSettings(read);
    assert.deepEqual(
      names.map((name) => pulumi.read(name)),
      [
        "tencentcloud-cwp:endpoint",
        "tencentcloud-cwp:region",
        "tencentcloud:region",
        "tencentcloud:secretId",
      ],
    );
    assert.deepEqual(asked, names.map(pulumi.nameOf));
    const plugin = pluginSettings(read);
    assert.deepEqual(
      names.map((name) => plugin.read(name)),
      ["endpoint", "region", "region", "secretId"],
    );
    assert.deepEqual(names.map(plugin.nameOf), [
      "tencentcloud-cwp:endpoint",
      "tencentcloud-cwp:region",
      "tencentcloud-cwp:region",
      "tencentcloud-cwp:secretId",
    ]);
  });

  it("leave the region out when there is none", () => {
    assert.ok(!("region" in resolveConnection({}, configOf(configPair), {})));
  });

  it("take the region of the profile in use if no other setting names one", () => {
    home.write(".tccli/default.configure", { region: "ap-default" });
    home.write(".tccli/named.configure", { _sys_param: { region: "ap-named" } });
    assert.equal(resolveConnection({}, nothing, {}).region, "ap-default");
    assert.equal(resolveConnection({ profile: "named" }, nothing, {}).region, "ap-named");
    assert.equal(
      resolveConnection({ profile: "named" }, nothing, { TENCENTCLOUD_REGION: "ap-environment" }).region,
      "ap-environment",
    );
    assert.equal(resolveConnection({}, nothing, { TENCENTCLOUD_REGION: "" }).region, "ap-default");
    assert.ok(!("region" in resolveConnection({}, configOf(configPair), {})), "another profile's region");
  });

  it("take the config's key pair before the environment's", async () => {
    assert.deepEqual(await keysOf(configPair, environmentPair), ["config-id", "config-key", undefined]);
  });

  it("take the environment's key pair when the config has none", async () => {
    assert.deepEqual(await keysOf({}, environmentPair), ["environment-id", "environment-key", undefined]);
  });

  it("count blanks as absent, and ignore them around a key pair", async () => {
    const blanks = { "tencentcloud:secretId": " ", "tencentcloud:secretKey": "\n" };
    const env = { TENCENTCLOUD_SECRET_ID: " id ", TENCENTCLOUD_SECRET_KEY: "key\n", TENCENTCLOUD_TOKEN: " " };
    assert.deepEqual(await keysOf(blanks, env), ["id", "key", undefined]);
    assert.deepEqual(await keysOf(blanks, { ...env, TENCENTCLOUD_TOKEN: "token\n" }), ["id", "key", "token"]);
  });

  it("say of each part of a key pair where it was found", async () => {
    const source = async (config: Values, env: Values) =>
      (await resolveConnection({}, configOf(config), env).credentials.find()).source;
    const [id, key] = ["tencentcloud:secretId", "TENCENTCLOUD_SECRET_KEY"];
    assert.equal(
      await source({ [id]: "id" }, { [key]: "key" }),
      `${id} of the Pulumi config and ${key} of the environment`,
    );
    assert.equal(
      await source(configPair, { TENCENTCLOUD_SECURITY_TOKEN: "token" }),
      "tencentcloud:secretId and tencentcloud:secretKey of the Pulumi config, with TENCENTCLOUD_SECURITY_TOKEN of the environment",
    );
  });

  it("know each spelling of the session token, in a fixed order", async () => {
    const spellings = ["TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SESSION_TOKEN"];
    for (const values of choices(spellings, (name) => [name, "", undefined])) {
      const { credentials } = resolveConnection({}, nothing, { ...environmentPair, ...values });
      assert.equal(
        (await credentials.find()).token,
        spellings.find((name) => values[name]),
        JSON.stringify(values),
      );
    }
    const config = configOf({ ...configPair, "tencentcloud:securityToken": "config-token" });
    assert.equal((await resolveConnection({}, config, {}).credentials.find()).token, "config-token");
  });

  it("take id, key and token each from the config, then from the environment, as the provider does", async () => {
    const parts: readonly (readonly [name: string, variable: string])[] = [
      ["secretId", "TENCENTCLOUD_SECRET_ID"],
      ["secretKey", "TENCENTCLOUD_SECRET_KEY"],
      ["securityToken", "TENCENTCLOUD_SECURITY_TOKEN"],
    ];
    const names = parts.flatMap(([name, variable]) => [`tencentcloud:${name}`, variable]);
    let pairs = 0;
    for (const values of choices(names, (name) => [`value-of-${name}`, "", undefined])) {
      const [id, key, token] = parts.map(
        ([name, variable]) => values[`tencentcloud:${name}`] || values[variable] || undefined,
      );
      if (id && key) {
        assert.deepEqual(await keysOf(values, values), [id, key, token], JSON.stringify(values));
        pairs += 1;
      } else if (id || key || token) {
        const error = await refusal(() => resolveConnection({}, configOf(values), values));
        assert.ok(error instanceof SettingsError, error.message);
        assert.match(error.message, / is set, but neither tencentcloud:\w+ nor TENCENTCLOUD_\w+ is: /);
      }
    }
    assert.ok(pairs > 0);
  });

  it("take the SDKs' other names of the token only if id and key are from the environment too", async () => {
    const env = { ...environmentPair, TENCENTCLOUD_SESSION_TOKEN: "session-token" };
    assert.equal((await keysOf({}, env))[2], "session-token");
    for (const [name, value] of Object.entries(configPair)) {
      assert.equal((await keysOf({ [name]: value }, env))[2], undefined, name);
    }
  });

  const halves: readonly [there: string, missing: string][] = [
    ["tencentcloud:secretId", "neither tencentcloud:secretKey nor TENCENTCLOUD_SECRET_KEY"],
    ["tencentcloud:secretKey", "neither tencentcloud:secretId nor TENCENTCLOUD_SECRET_ID"],
    ["TENCENTCLOUD_SECRET_ID", "neither tencentcloud:secretKey nor TENCENTCLOUD_SECRET_KEY"],
    ["TENCENTCLOUD_SECRET_KEY", "neither tencentcloud:secretId nor TENCENTCLOUD_SECRET_ID"],
    ["tencentcloud:securityToken", "neither tencentcloud:secretId nor TENCENTCLOUD_SECRET_ID"],
    ["TENCENTCLOUD_SECURITY_TOKEN", "neither tencentcloud:secretId nor TENCENTCLOUD_SECRET_ID"],
  ];
  for (const [there, missing] of halves) {
    it(`refuse ${there} alone, even when a profile has a pair`, async () => {
      home.write(".tccli/default.credential", { secretId: "profile-id", secretKey: "profile-key" });
      const half = { [there]: "half-of-a-pair" };
      const error = await refusal(() => resolveConnection({}, configOf(half), half), "half-of-a-pair");
      assert.ok(error instanceof SettingsError);
      assert.equal(error.retry, "never");
      assert.equal(error.message, `${there} is set, but ${missing} is: set one of them, or unset ${there}.`);
    });
  }

  const illegal: readonly [setting: string, of: "argument" | "config" | "environment"][] = [
    ["tencentcloud:secretId", "config"],
    ["tencentcloud:secretKey", "config"],
    ["tencentcloud:securityToken", "config"],
    ["TENCENTCLOUD_SECRET_ID", "environment"],
    ["TENCENTCLOUD_SECRET_KEY", "environment"],
    ["TENCENTCLOUD_SECURITY_TOKEN", "environment"],
    ["TENCENTCLOUD_SESSION_TOKEN", "environment"],
    ["region", "argument"],
  ];
  for (const [setting, of] of illegal) {
    it(`refuse a character in ${setting} that no request can carry, and name the setting without its value`, async () => {
      for (const value of ["line\nbreak-inside", "typographic–dash-inside", "two words-inside"]) {
        const attempt = () =>
          resolveConnection(
            of === "argument" ? { region: value } : {},
            of === "environment"
              ? nothing
              : configOf({ ...configPair, ...(of === "config" && { [setting]: value }) }),
            of === "environment" ? { ...environmentPair, [setting]: value } : {},
          );
        const error = await refusal(attempt, value, "-inside");
        assert.ok(error instanceof SettingsError);
        assert.ok(error.message.includes(setting), error.message);
      }
    });
  }

  it("show no secret key and no token in any error, whatever is set", async () => {
    const secret = fc.stringMatching(/^[0-9a-f]{12}[ \n–]?[0-9a-f]{12}$/);
    const sometimes = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const parts = fc.array(
      fc.constantFrom("https://", "http://", "ftp:", "a.example", "@", ":", "/", "?", "#", " "),
    );
    let errors = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          secretId: sometimes(fc.string()),
          secretKey: sometimes(secret),
          token: sometimes(secret),
          endpoint: sometimes(parts.map((chosen) => chosen.join(""))),
          region: sometimes(fc.string()),
          inConfig: fc.boolean(),
        }),
        async ({ secretId, secretKey, token, endpoint, region, inConfig }) => {
          const config = {
            "tencentcloud:secretId": secretId,
            "tencentcloud:secretKey": secretKey,
            "tencentcloud:securityToken": token,
          };
          const environment = {
            TENCENTCLOUD_SECRET_ID: secretId,
            TENCENTCLOUD_SECRET_KEY: secretKey,
            TENCENTCLOUD_TOKEN: token,
          };
          try {
            const { credentials } = resolveConnection(
              { endpoint, region },
              inConfig ? configOf(config) : nothing,
              { TENCENTCLOUD_METADATA_URL: NOWHERE, ...(inConfig ? {} : environment) },
            );
            await credentials.find();
          } catch (error) {
            errors += 1;
            assert.ok(error instanceof SettingsError, String(error));
            const shown = JSON.stringify([error, error.message, error.stack]);
            for (const part of [secretKey, token].flatMap((value) => value?.split(/[ \n–]/) ?? [])) {
              assert.ok(!shown.includes(part), shown);
            }
          }
        },
      ),
    );
    assert.ok(errors > 0);
  });

  it("show no password of an endpoint, wherever in it and however broken", () => {
    const before = fc.constantFrom("", "https://", "http://", "ftp://", "//", "https:");
    const after = fc.constantFrom(
      "a.example",
      "a.example:99999",
      "",
      "a.example/path",
      "two words",
      "127.0.0.1:1",
    );
    const between = fc.constantFrom("", "/", "#", "?", ":", "@", " ", "[", "%");
    fc.assert(
      fc.property(before, between, after, (start, breaking, end) => {
        assert.throws(
          () => parseEndpoint(`${start}alice:open${breaking}sesame@${end}`),
          (error) => error instanceof SettingsError && !/sesame/.test(`${error.message}${error.stack}`),
        );
      }),
    );
  });
});

describe("An endpoint", () => {
  const accepted: readonly [endpoint: string, protocol: "http:" | "https:", host: string][] = [
    ["cwp.tencentcloudapi.com", "https:", "cwp.tencentcloudapi.com"],
    ["cwp.intl.tencentcloudapi.com", "https:", "cwp.intl.tencentcloudapi.com"],
    ["cwp.internal.tencentcloudapi.com:8443", "https:", "cwp.internal.tencentcloudapi.com:8443"],
    ["https://cwp.tencentcloudapi.com", "https:", "cwp.tencentcloudapi.com"],
    ["https://cwp.tencentcloudapi.com/", "https:", "cwp.tencentcloudapi.com"],
    ["HTTPS://CWP.TencentCloudAPI.com", "https:", "cwp.tencentcloudapi.com"],
    ["https://cwp.tencentcloudapi.com:443", "https:", "cwp.tencentcloudapi.com"],
    ["https://10.0.0.7:8443", "https:", "10.0.0.7:8443"],
    ["http://127.0.0.1:8080", "http:", "127.0.0.1:8080"],
    ["http://127.30.2.100:8080", "http:", "127.30.2.100:8080"],
    ["http://localhost:8080", "http:", "localhost:8080"],
    ["http://[::1]:8080", "http:", "[::1]:8080"],
    ["http://[0:0:0:0:0:0:0:1]:8080", "http:", "[::1]:8080"],
    ["https://[::1]:8443", "https:", "[::1]:8443"],
    ["https://localhost:8443", "https:", "localhost:8443"],
    ["localhost.example.com:8443", "https:", "localhost.example.com:8443"],
  ];
  for (const [endpoint, protocol, host] of accepted) {
    it(`may be ${endpoint}`, () => assert.deepEqual(parseEndpoint(endpoint), { protocol, host }));
  }

  for (const endpoint of [
    "127.0.0.1:8080",
    "127.3.2.1:80",
    "localhost:8080",
    "[::1]:8080",
    "LocalHost:1",
    "127.0.0.1",
  ]) {
    it(`may not be ${endpoint} without a protocol, and says that an emulator's begins with http://`, async () => {
      const error = await refusal(() => parseEndpoint(endpoint));
      assert.ok(error instanceof SettingsError);
      const { host } = new URL(`https://${endpoint}`);
      assert.equal(
        error.message,
        `The endpoint "${endpoint}" cannot be used: write http://${host} for the emulator, or https://${host} for a server with TLS.`,
      );
    });
  }

  const elsewhere = [
    "http://cwp.tencentcloudapi.com",
    "http://10.0.0.7:8080",
    "http://0.0.0.0:8080",
    "http://[::2]:8080",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://128.0.0.1",
  ];
  for (const endpoint of elsewhere) {
    it(`may not be ${endpoint}, and says that http is for loopback and what to use instead`, async () => {
      const error = await refusal(() => parseEndpoint(endpoint));
      assert.ok(error instanceof SettingsError);
      assert.ok(error.message.includes(`"${endpoint}"`));
      assert.match(error.message, /only for a loopback address/);
      assert.ok(error.message.includes(`Use https://${new URL(endpoint).host}.`));
    });
  }

  const refused = [
    "https://cwp.tencentcloudapi.com/v1",
    "cwp.tencentcloudapi.com/v1",
    "https://cwp.tencentcloudapi.com?Action=SyncMachines",
    "https://cwp.tencentcloudapi.com/#top",
    "ftp://cwp.tencentcloudapi.com",
    "ws://127.0.0.1:8080",
    "file:///etc/hosts",
    "https://",
    "://",
    "",
    "two words",
    "cwp.tencentcloudapi.com:99999",
    "cwp.tencentcloudapi.com:https",
    "http:127.0.0.1",
  ];
  for (const endpoint of refused) {
    it(`may not be "${endpoint}", and says what it must be`, async () => {
      const error = await refusal(() => parseEndpoint(endpoint));
      assert.ok(error instanceof SettingsError);
      assert.ok(error.message.startsWith(`The endpoint "${endpoint}" cannot be used`), error.message);
      assert.match(error.message, /a host such as cwp\.tencentcloudapi\.com or a URL such as https:/);
    });
  }

  const withPassword = [
    "https://alice:opensesame@cwp.tencentcloudapi.com",
    "http://alice:opensesame@127.0.0.1:8080",
    "http://alice:opensesame@cwp.tencentcloudapi.com",
    "alice:opensesame@cwp.tencentcloudapi.com",
    "https://:opensesame@cwp.tencentcloudapi.com",
    "ftp://alice:opensesame@cwp.tencentcloudapi.com/",
  ];
  for (const endpoint of withPassword) {
    it(`may not hold a password, and does not show it: ${endpoint}`, async () => {
      const error = await refusal(() => parseEndpoint(endpoint), "opensesame");
      assert.ok(error instanceof SettingsError);
      assert.match(error.message, /must not hold a user name or password/);
    });
  }
});

describe("The STS of an endpoint", () => {
  const hosts: readonly [endpoint: string, protocol: "http:" | "https:", host: string][] = [
    ["cwp.tencentcloudapi.com", "https:", "sts.tencentcloudapi.com"],
    ["cwp.intl.tencentcloudapi.com", "https:", "sts.intl.tencentcloudapi.com"],
    ["cwp.ap-guangzhou.tencentcloudapi.com", "https:", "sts.ap-guangzhou.tencentcloudapi.com"],
    ["cwp.internal.tencentcloudapi.com", "https:", "sts.internal.tencentcloudapi.com"],
    ["https://cwp.example.com", "https:", "sts.tencentcloudapi.com"],
    ["cwp.nottencentcloudapi.com", "https:", "sts.tencentcloudapi.com"],
    ["cwp.intl.nottencentcloudapi.com", "https:", "sts.tencentcloudapi.com"],
    ["cwp.intl.tencentcloudapi.com.example.com", "https:", "sts.tencentcloudapi.com"],
    ["cwp.intl.tencentcloudapi.com:8443", "https:", "sts.intl.tencentcloudapi.com"],
    ["10.0.0.7:8443", "https:", "sts.tencentcloudapi.com"],
    ["http://127.0.0.1:8080", "http:", "127.0.0.1:8080"],
    ["https://127.0.0.1:8443", "https:", "127.0.0.1:8443"],
    ["http://localhost:8080", "http:", "localhost:8080"],
    ["http://[::1]:8080", "http:", "[::1]:8080"],
  ];
  for (const [endpoint, protocol, host] of hosts) {
    it(`${endpoint} is ${host}`, () => {
      const sts = stsConnection(parseEndpoint(endpoint), undefined);
      assert.deepEqual([sts.protocol, sts.host], [protocol, host]);
    });
  }

  it("is at the provider's domain if that is set, except beside an emulator", () => {
    const at = (endpoint: string) => stsConnection(parseEndpoint(endpoint), undefined, "example.com").host;
    assert.equal(at("cwp.example.com"), "sts.example.com");
    assert.equal(at("cwp.intl.tencentcloudapi.com"), "sts.example.com");
    assert.equal(at("http://127.0.0.1:8080"), "127.0.0.1:8080");
  });

  it("gets the region in use, or another if there is none, since it requires a region", () => {
    const endpoint = parseEndpoint("cwp.tencentcloudapi.com");
    assert.equal(stsConnection(endpoint, "ap-shanghai").region, "ap-shanghai");
    assert.equal(stsConnection(endpoint, undefined).region, "ap-guangzhou");
    assert.equal(stsConnection(endpoint, "").region, "ap-guangzhou");
  });
});
