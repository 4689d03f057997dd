import assert from "node:assert/strict";
import { pulumiSettings } from "../../../provider/account/config";
import { type AccountArgs, resolveConnection } from "../../../provider/account/settings";
import { waitsOf } from "../../../provider/machineSync/sharedLoops";
import { NOWHERE, ownHome } from "../account/credentials/home";

type Values = Readonly<Record<string, string>>;

/** Settings under which the account may differ from that of any other settings of the list. */
const different: readonly { args?: AccountArgs; config?: Values; env?: Values }[] = [
  {},
  { env: { TENCENTCLOUD_METADATA_URL: "http://127.0.0.1:3" } },
  { env: { TENCENTCLOUD_SHARED_CREDENTIALS_DIR: "/elsewhere" } },
  { config: { "tencentcloud:sharedCredentialsDir": "/nowhere" } },
  { env: { TENCENTCLOUD_CREDENTIALS_FILE: "/elsewhere/keys.ini" } },
  { env: { TCCLI_PROFILE: "other" } },
  ...["TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN"].map((name) => ({
    env: { [name]: "another" },
  })),
  { args: { endpoint: "cwp.intl.tencentcloudapi.com" } },
  { config: { "tencentcloud:domain": "example.com" } },
  { args: { profile: "mine" } },
  { config: { "tencentcloud:profile": "config" } },
  { args: { profile: "mine" }, config: { "tencentcloud:sharedCredentialsDir": "/nowhere" } },
  { args: { profile: "mine" }, env: { TENCENTCLOUD_METADATA_URL: "http://127.0.0.1:3" } },
  { config: { "tencentcloud:camRoleName": "one" } },
  { config: { "tencentcloud:camRoleName": "two" } },
  { config: { "tencentcloud:secretId": "id", "tencentcloud:secretKey": "key" } },
  { config: { "tencentcloud:secretId": "id2", "tencentcloud:secretKey": "key" } },
  { config: { "tencentcloud:secretId": "id", "tencentcloud:secretKey": "key2" } },
  {
    config: { "tencentcloud:secretId": "id", "tencentcloud:secretKey": "key" },
    env: { TENCENTCLOUD_SECURITY_TOKEN: "token" },
  },
  { args: { assumeRole: { roleArn: "arn" } } },
  { args: { assumeRole: { roleArn: "arn2" } } },
  { args: { assumeRole: { roleArn: "arn", externalId: "id" } } },
  { args: { assumeRole: { roleArn: "arn", policy: "{}" } } },
  { args: { assumeRole: { roleArn: "arn", sourceIdentity: "1" } } },
  {
    args: { endpoint: "cwp.example.org", assumeRole: { roleArn: "arn" } },
    config: { "tencentcloud:domain": "example.com" },
  },
  { args: { endpoint: "cwp.example.org", assumeRole: { roleArn: "arn" } } },
  ...["one", "two"].flatMap((value) => [
    {
      config: {
        "tencentcloud:assumeRoleWithWebIdentity": JSON.stringify({ roleArn: "arn", webIdentityToken: value }),
      },
    },
    {
      config: {
        "tencentcloud:assumeRoleWithWebIdentity": JSON.stringify({
          roleArn: "arn",
          webIdentityTokenFile: value,
        }),
      },
    },
    {
      config: {
        "tencentcloud:assumeRoleWithSaml": JSON.stringify({
          roleArn: "arn",
          samlAssertion: value,
          principalArn: "idp",
        }),
      },
    },
    { config: { "tencentcloud:enablePodOidc": "true" }, env: { TKE_ROLE_ARN: value } },
    { config: { "tencentcloud:allowedAccountIds": value === "one" ? "[1]" : "[2]" } },
    { config: { "tencentcloud:forbiddenAccountIds": value === "one" ? "[1]" : "[2]" } },
  ]),
];

describe("The syncs of an account", () => {
  ownHome();

  const syncsOf = ({ args = {}, config = {}, env = {} }: (typeof different)[number]) =>
    waitsOf(
      resolveConnection(
        args,
        pulumiSettings((name) => config[name]),
        { TENCENTCLOUD_METADATA_URL: NOWHERE, ...env },
      ),
    ).loop;

  it("are shared by resources with the same settings", () => {
    for (const settings of different) {
      assert.equal(syncsOf(structuredClone(settings)), syncsOf(settings), JSON.stringify(settings));
    }
  });

  it("are shared whatever the region, which only STS and the list of hosts need", () => {
    const role = { assumeRole: { roleArn: "arn", serialNumber: "mfa", tokenCode: "123456" } };
    const one = syncsOf({ args: { ...role, region: "ap-guangzhou" } });
    assert.equal(syncsOf({ args: { ...role, region: "ap-shanghai" } }), one);
    assert.equal(syncsOf({ args: role, env: { TENCENTCLOUD_REGION: "ap-beijing" } }), one);
  });

  it("are never shared if any setting differs that may lead to another account", () => {
    const seen = new Map<unknown, string>();
    for (const settings of different) {
      const syncs = syncsOf(settings);
      const words = JSON.stringify(settings);
      assert.ok(!seen.has(syncs), `${words} and ${seen.get(syncs)}`);
      seen.set(syncs, words);
    }
  });
});
