import assert from "node:assert/strict";
import {
  type CheckFailure,
  checkInputs,
  DEFAULT_TIMEOUT_MS,
  timeoutMs,
} from "../../../provider/machineSync/inputs";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const propertiesOf = (failures: readonly CheckFailure[]) => failures.map(({ property }) => property).sort();

describe("check", () => {
  const right: readonly [property: string, values: readonly unknown[]][] = [
    ["hosts", [[], ["ins-1"], ["ins-1", "lhins-2", "ins-1"], ["ins-1", UNKNOWN]]],
    ["triggers", [[], ["a"], [1, null, { deep: [true] }], [UNKNOWN]]],
    ["skipAwait", [true, false]],
    ["region", ["ap-guangzhou"]],
    ["endpoint", ["cwp.tencentcloudapi.com", "https://cwp.tencentcloudapi.com", "http://127.0.0.1:8080"]],
    ["profile", ["default", "my.profile"]],
    [
      "assumeRole",
      [
        { roleArn: "qcs::cam::uin/1:roleName/deploy" },
        { roleArn: "arn", sessionName: "ci", sessionDuration: 43_200, externalId: "id" },
        { roleArn: UNKNOWN, sessionName: UNKNOWN, sessionDuration: UNKNOWN, externalId: UNKNOWN },
      ],
    ],
    ["__urn", ["urn:pulumi:dev::test::pulumi-nodejs:dynamic/tencentcloud-cwp:MachineSync::machines"]],
    ["timeouts", [{}, { create: "20m" }, { update: "90s" }, { create: "1h30m", update: "1s" }]],
    ["__provider", ["the text of the shim"]],
  ];
  for (const [property, values] of right) {
    it(`passes ${property} when it is right, or not known yet`, () => {
      for (const value of [...values, UNKNOWN]) {
        assert.deepEqual(checkInputs({ [property]: value }), [], JSON.stringify(value));
      }
    });
  }

  it("passes no inputs at all", () => assert.deepEqual(checkInputs({}), []));

  const wrong: readonly [property: string, must: string, values: readonly unknown[]][] = [
    ["hosts", "a list of instance ids", ["ins-1", "", { 0: "ins-1" }, 1, true, null]],
    ["triggers", "a list", ["a", { 0: "a" }, 1, true, null]],
    ["skipAwait", "true or false", ["yes", "true", 1, [], null]],
    ["region", "a region such as ap-guangzhou", [7, "", ["ap-guangzhou"], null]],
    ["endpoint", "a host or URL", [7, "", true, {}, null]],
    ["profile", "the name of a profile", [7, "", true, {}, null]],
    ["assumeRole", "an object with a roleArn", ["qcs::cam::uin/1:roleName/deploy", "", 1, ["arn"], null]],
    ["timeouts", "an object", ["20m", 20, ["20m"], null]],
  ];
  for (const [property, must, values] of wrong) {
    it(`fails ${property} if it is ill-typed, and says what it must be`, () => {
      for (const value of values) {
        const [failure, ...more] = checkInputs({ [property]: value });
        assert.deepEqual(more, []);
        assert.equal(failure?.property, property);
        assert.ok(failure.reason.startsWith(`${property} must be ${must}, not `), failure.reason);
      }
    });
  }

  it("shows no value that is ill-typed, since it may be a secret in the wrong place", () => {
    for (const value of ["opensesame", { password: "opensesame" }]) {
      const [failure] = checkInputs({ triggers: value });
      assert.ok(failure && !failure.reason.includes("opensesame"), failure?.reason);
    }
  });

  it("fails an unknown property, and lists the known properties", () => {
    for (const property of ["trigger", "Triggers", "constructor", "toString", "sync"]) {
      const [failure, ...more] = checkInputs({ [property]: "x" });
      assert.deepEqual(more, []);
      assert.equal(failure?.property, property);
      assert.match(
        failure.reason,
        /^MachineSync has no property \w+\. It takes hosts, triggers, skipAwait, region, endpoint, profile and assumeRole\.$/,
      );
    }
  });

  it("names the right place for a credential that is passed as an argument, and does not show it", () => {
    for (const property of ["secretId", "secretKey", "SecretKey", "securityToken", "token", "accessKey"]) {
      const [failure, ...more] = checkInputs({ [property]: "opensesame" });
      assert.deepEqual(more, []);
      assert.equal(failure?.property, property);
      assert.match(failure.reason, /Credentials belong in the config or the environment/);
      assert.doesNotMatch(failure.reason, /opensesame/);
    }
  });

  it("reports every ill-typed and unknown property at once", () => {
    const failures = checkInputs({
      triggers: "a",
      skipAwait: 1,
      region: 2,
      endpoint: 3,
      timeouts: 4,
      more: 5,
      profile: 6,
      assumeRole: 7,
    });
    assert.deepEqual(propertiesOf(failures), [
      "assumeRole",
      "endpoint",
      "more",
      "profile",
      "region",
      "skipAwait",
      "timeouts",
      "triggers",
    ]);
  });

  it("reports unusable values beside ill-typed values", () => {
    const failures = checkInputs({
      skipAwait: "yes",
      endpoint: "http://cwp.tencentcloudapi.com",
      timeouts: { create: "soon" },
    });
    assert.deepEqual(propertiesOf(failures), ["customTimeouts.create", "endpoint", "skipAwait"]);
  });

  it("names each host that cannot be an instance id, and shows none", () => {
    const failures = checkInputs({
      hosts: ["ins-1", "", 7, null, ["ins-2"], " ins-3", "open sesame", UNKNOWN],
    });
    assert.deepEqual(
      failures.map(({ property }) => property),
      [1, 2, 3, 4, 5, 6].map((index) => `hosts[${index}]`),
    );
    assert.deepEqual(
      failures.map(({ reason }) => reason),
      [
        "hosts[1] must be an instance id such as ins-1a2b3c4d, not empty.",
        "hosts[2] must be an instance id such as ins-1a2b3c4d, not a number.",
        "hosts[3] must be an instance id such as ins-1a2b3c4d, not empty.",
        "hosts[4] must be an instance id such as ins-1a2b3c4d, not a list.",
        "hosts[5] must be an instance id such as ins-1a2b3c4d, not a text with spaces.",
        "hosts[6] must be an instance id such as ins-1a2b3c4d, not a text with spaces.",
      ],
    );
  });

  it("fails skipAwait beside hosts, and says why", () => {
    const [failure, ...more] = checkInputs({ skipAwait: true, hosts: ["ins-1"] });
    assert.deepEqual(more, []);
    assert.equal(failure?.property, "skipAwait");
    assert.match(failure.reason, /^skipAwait cannot be true if hosts are named: CWP lists a host only once/);
    assert.deepEqual(checkInputs({ skipAwait: true, hosts: [] }), []);
    assert.deepEqual(checkInputs({ skipAwait: false, hosts: ["ins-1"] }), []);
  });

  it("names an unusable endpoint, and shows no password", () => {
    for (const endpoint of ["http://cwp.tencentcloudapi.com", "ftp://x", "two words", "https://a:pw123@b"]) {
      const [failure, ...more] = checkInputs({ endpoint });
      assert.deepEqual(more, []);
      assert.equal(failure?.property, "endpoint");
      assert.match(failure.reason, /endpoint/i);
      assert.doesNotMatch(failure.reason, /pw123/);
    }
  });

  const roles: readonly [role: object, says: RegExp][] = [
    [{}, /roleArn must be a role such as qcs::cam::uin\/100000000001:roleName\/deploy/],
    [{ roleArn: "" }, /roleArn must be a role/],
    [{ roleArn: "arn", sessionName: "" }, /sessionName must be a text/],
    [{ roleArn: "arn", externalId: ["opensesame"] }, /externalId must be a text/],
    [{ roleArn: "arn", policy: { version: "opensesame" } }, /policy must be a text/],
    [{ roleArn: "arn", tokenCode: 123456 }, /tokenCode must be a text/],
    [{ roleArn: "arn", sessionDuration: -1 }, /whole number of seconds up to 43200/],
    [{ roleArn: "arn", sessionDuration: 1.5 }, /whole number of seconds up to 43200/],
    [{ roleArn: "arn", sessionDuration: 43_201 }, /whole number of seconds up to 43200/],
    [{ roleArn: "arn", sessionDuration: true }, /whole number of seconds up to 43200/],
    [{ roleArn: "arn", secretKey: "opensesame" }, /no property secretKey/],
  ];
  for (const [role, says] of roles) {
    it(`fails the role ${JSON.stringify(role)}, and names the problem without its values`, () => {
      const [failure, ...more] = checkInputs({ assumeRole: role });
      assert.deepEqual(more, []);
      assert.equal(failure?.property, "assumeRole");
      assert.match(failure.reason, says);
      assert.match(failure.reason, /^assumeRole cannot be used: /);
      assert.doesNotMatch(failure.reason, /opensesame/);
    });
  }

  const usableRoles: readonly object[] = [
    { roleArn: "arn" },
    { roleArn: "arn", sessionDuration: 0 },
    { roleArn: "arn", sessionDuration: "900" },
    { roleArn: "arn", sessionDuration: UNKNOWN, externalId: UNKNOWN },
    { roleArn: "arn", policy: "{}", sourceIdentity: "1", serialNumber: "mfa", tokenCode: "123456" },
  ];
  for (const role of usableRoles) {
    it(`accepts the role ${JSON.stringify(role)}`, () =>
      assert.deepEqual(checkInputs({ assumeRole: role }), []));
  }

  it("names each of the customTimeouts that cannot be used, by the name that the program gave it", () => {
    const failures = checkInputs({ timeouts: { create: "soon", update: "0s" } });
    assert.deepEqual(propertiesOf(failures), ["customTimeouts.create", "customTimeouts.update"]);
    assert.match(failures[0]?.reason ?? "", /"20m" or "1h30m", not "soon"/);
    assert.deepEqual(propertiesOf(checkInputs({ timeouts: { create: UNKNOWN, update: 20 } })), [
      "customTimeouts.update",
    ]);
  });
});

describe("A duration of customTimeouts", () => {
  it("bounds its own operation, and the default is half an hour", () => {
    assert.equal(DEFAULT_TIMEOUT_MS, 1_800_000);
    const inputs = { timeouts: { create: "5m" } };
    assert.equal(timeoutMs(inputs, "create"), 300_000);
    assert.equal(timeoutMs(inputs, "update"), 1_800_000);
    assert.equal(timeoutMs({ timeouts: { update: "1h" } }, "update"), 3_600_000);
    assert.equal(timeoutMs({}, "create"), 1_800_000);
  });
});
