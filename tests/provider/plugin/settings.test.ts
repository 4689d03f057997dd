import assert from "node:assert/strict";
import { settingRules } from "../../../provider/plugin/providerArgs";
import {
  checkSettings,
  coreSettings,
  diffSettings,
  protectSettings,
} from "../../../provider/plugin/settings";
import { secret, unknown } from "./plugin";

describe("The settings of the plugin's provider", () => {
  describe("in CheckConfig", () => {
    it("pass in every form in which the engine sends them", async () => {
      const role = { roleArn: "qcs::cam::uin/1:roleName/a" };
      for (const args of [
        {},
        { version: "1.0.0", pluginDownloadURL: "https://example.com", __internal: {} },
        { secretId: "AKID", secretKey: "key", securityToken: "", region: null },
        { assumeRole: role, allowedAccountIds: ["1"], enablePodOidc: true },
        {
          secretId: "AKID",
          secretKey: "key",
          assumeRole: [{ ...role, tokenCode: 123456, sourceIdentity: 1, externalId: 2, sessionName: 3 }],
        },
        { secretId: "AKID", secretKey: unknown },
        { assumeRole: { ...role, sessionDuration: unknown }, secretKey: "key" },
        { assumeRole: { ...role, sessionName: null } },
        { assumeRole: JSON.stringify(role), allowedAccountIds: '["1"]', enablePodOidc: "true" },
        Object.fromEntries(Object.keys(settingRules).map((name) => [name, unknown])),
      ]) {
        assert.deepEqual(await checkSettings(args, {}), []);
      }
    });

    for (const { args, says } of [
      {
        args: { secretid: "AKID" },
        says: /no setting tencentcloud-cwp:secretid\. There are secretId, secretKey/,
      },
      { args: { constructor: "x" }, says: /no setting tencentcloud-cwp:constructor/ },
      { args: { secretKey: ["hush"] }, says: /tencentcloud-cwp:secretKey must be a text, not a list/ },
      {
        args: { enablePodOidc: "perhaps" },
        says: /tencentcloud-cwp:enablePodOidc must be true or false, not a string/,
      },
      {
        args: { allowedAccountIds: "1" },
        says: /tencentcloud-cwp:allowedAccountIds must be a list, not a number/,
      },
      { args: { assumeRole: "hush" }, says: /tencentcloud-cwp:assumeRole must be an object, not a string/ },
      { args: { assumeRole: [] }, says: /tencentcloud-cwp:assumeRole must be an object, not a list/ },
      { args: { assumeRole: { roleArm: "x" } }, says: /tencentcloud-cwp:assumeRole cannot be used/ },
      {
        args: { secretId: "AKID" },
        says: /tencentcloud-cwp:secretId is set, but neither tencentcloud-cwp:secretKey/,
      },
      { args: { allowedAccountIds: ["hush"] }, says: /allowedAccountIds must be a list of account ids/ },
      { args: { assumeRoleWithSaml: { assertion: "hush" } }, says: /it has no property assertion/ },
      {
        args: {
          assumeRoleWithSaml: { samlAssertion: "hush", principalArn: "a", roleArn: "b" },
          assumeRoleWithWebIdentity: { webIdentityToken: "hush", roleArn: "b" },
        },
        says: /assumeRoleWithWebIdentity and tencentcloud-cwp:assumeRoleWithSaml are both set/,
      },
      { args: { endpoint: "http://far.away" }, says: /The endpoint "http:\/\/far\.away" cannot be used/ },
    ]) {
      it(`are refused by name: ${JSON.stringify(args)}`, async () => {
        const reasons = await checkSettings(args, {});
        assert.equal(reasons.length, 1);
        assert.match(reasons[0] ?? "", says);
        assert.doesNotMatch(reasons[0] ?? "", /hush/);
      });
    }
  });

  it("are kept encrypted if they are secret, however the user marks them", () => {
    const token = { webIdentityToken: "hush" };
    assert.deepEqual(
      protectSettings({
        secretId: "AKID",
        secretKey: "hush",
        securityToken: secret("hush"),
        assumeRoleWithWebIdentity: token,
      }),
      {
        secretId: "AKID",
        secretKey: secret("hush"),
        securityToken: secret("hush"),
        assumeRoleWithWebIdentity: secret(token),
      },
    );
    assert.deepEqual(protectSettings({ secretKey: unknown }), { secretKey: unknown });
  });

  describe("in DiffConfig", () => {
    const web = { roleArn: "qcs::1", sessionName: "ci", webIdentityToken: "one" };
    for (const { what, olds, news, changed, replaces } of [
      {
        what: "nothing",
        olds: { secretId: "a" },
        news: { secretId: "a", version: "2.0.0" },
        changed: [],
        replaces: [],
      },
      {
        what: "the form alone",
        olds: { assumeRole: { roleArn: "qcs::1" }, region: "" },
        news: { assumeRole: '{"roleArn":"qcs::1"}' },
        changed: [],
        replaces: [],
      },
      {
        what: "a key",
        olds: { secretId: "a", secretKey: "b" },
        news: { secretId: "c", secretKey: "d" },
        changed: ["secretId", "secretKey"],
        replaces: [],
      },
      {
        what: "nothing, though the config had the block by its plural name",
        olds: {
          "tencentcloud:assumeRoles": '[{"roleArn":"qcs::1"}]',
          "tencentcloud-cwp:region": "a",
          "aws:x": "y",
        },
        news: { assumeRole: { roleArn: "qcs::1" }, region: "a" },
        changed: [],
        replaces: [],
      },
      {
        what: "a role that is not known yet",
        olds: { assumeRole: { roleArn: "qcs::1" } },
        news: { assumeRole: { roleArn: unknown } },
        changed: ["assumeRole"],
        replaces: [],
      },
      {
        what: "a role that comes",
        olds: {},
        news: { assumeRole: { roleArn: "qcs::1" } },
        changed: ["assumeRole"],
        replaces: ["assumeRole"],
      },
      { what: "the profile", olds: {}, news: { profile: "b" }, changed: ["profile"], replaces: ["profile"] },
      {
        what: "the endpoint",
        olds: { endpoint: "a.b" },
        news: {},
        changed: ["endpoint"],
        replaces: ["endpoint"],
      },
      {
        what: "the role",
        olds: { assumeRole: { roleArn: "qcs::1" } },
        news: { assumeRole: '{"roleArn":"qcs::2"}' },
        changed: ["assumeRole"],
        replaces: ["assumeRole"],
      },
      {
        what: "the names alone, as from a dynamic resource",
        olds: {
          "tencentcloud:profile": "a",
          "tencentcloud:assumeRole": '{"roleArn":"qcs::1"}',
          "tencentcloud-cwp:endpoint": "a.b",
          "aws:region": "eu",
        },
        news: { profile: "a", assumeRole: '{"roleArn":"qcs::1"}', endpoint: "a.b" },
        changed: [],
        replaces: [],
      },
      {
        what: "the profile of what was a dynamic resource",
        olds: { "tencentcloud:profile": "a" },
        news: {},
        changed: ["profile"],
        replaces: ["profile"],
      },
      {
        what: "the token of a role",
        olds: { assumeRoleWithWebIdentity: web },
        news: { assumeRoleWithWebIdentity: { ...web, webIdentityToken: "two" } },
        changed: ["assumeRoleWithWebIdentity"],
        replaces: [],
      },
      {
        what: "the role of a token",
        olds: { assumeRoleWithWebIdentity: web },
        news: { assumeRoleWithWebIdentity: { ...web, roleArn: "qcs::2" } },
        changed: ["assumeRoleWithWebIdentity"],
        replaces: ["assumeRoleWithWebIdentity"],
      },
      {
        what: "what a preview does not know yet",
        olds: { profile: "a" },
        news: { profile: unknown },
        changed: ["profile"],
        replaces: [],
      },
    ]) {
      it(`a change of ${what} ${replaces.length > 0 ? "replaces" : changed.length > 0 ? "updates" : "is none"}`, () => {
        assert.deepEqual(diffSettings(olds, news), { changed, replaces });
      });
    }
  });

  it("are read as text, and named as the user knows them", () => {
    const settings = coreSettings({
      secretId: "AKID",
      assumeRole: '{"roleArn":"qcs::1"}',
      enablePodOidc: true,
      region: "",
    });
    assert.equal(settings.read("secretId"), "AKID");
    assert.equal(settings.read("assumeRole"), '{"roleArn":"qcs::1"}');
    assert.equal(settings.read("enablePodOidc"), "true");
    assert.equal(settings.read("region"), undefined);
    assert.equal(settings.nameOf("secretKey"), "tencentcloud-cwp:secretKey");
  });
});
