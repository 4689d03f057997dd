import assert from "node:assert/strict";
import { pluginSettings, pulumiSettings } from "../../../provider/account/config";
import { refuseUnsupported, warningsOf } from "../../../provider/account/providerSettings";
import { SettingsError } from "../../../provider/api/errors";
import { refusal } from "../../refusal";

type Values = Readonly<Record<string, string | undefined>>;

const configOf = (values: Values) => pulumiSettings((name) => values[`${name.replace("tencentcloud:", "")}`]);

describe("A protocol, which has no effect on CWP,", () => {
  const warned = (config: Values, env: Values = {}) =>
    warningsOf(configOf(config), env).map((warning) => warning.split(" ")[0]);

  it("is warned of by the name that is set, the config's if both are", () => {
    assert.deepEqual(warned({ protocol: "HTTP" }), ["tencentcloud:protocol"]);
    assert.deepEqual(warned({}, { TENCENTCLOUD_PROTOCOL: "http" }), ["TENCENTCLOUD_PROTOCOL"]);
    assert.deepEqual(warned({ protocol: "HTTP" }, { TENCENTCLOUD_PROTOCOL: "HTTP" }), [
      "tencentcloud:protocol",
    ]);
    assert.deepEqual(warned({ protocol: "HTTPS" }, { TENCENTCLOUD_PROTOCOL: "HTTP" }), [
      "TENCENTCLOUD_PROTOCOL",
    ]);
  });

  it("is not warned of if it is HTTPS in any spelling, empty, or not there", () => {
    for (const protocol of ["HTTPS", "https", "Https", "", undefined]) {
      assert.deepEqual(warned({ protocol }, { TENCENTCLOUD_PROTOCOL: protocol }), [], protocol);
    }
  });
});

describe("An MFA certification, which is not supported,", () => {
  const serial = { TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER: "qcs::cam:uin/1::mfa/softToken" };
  const code = { TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE: "123456" };

  it("is refused by the name that is set", async () => {
    const certification = JSON.stringify({ serialNumber: "x", tokenCode: "123456" });
    for (const [settings, env, name] of [
      [configOf({ mfaCertification: certification }), {}, "tencentcloud:mfaCertification"],
      [configOf({ mfaCertifications: `[${certification}]` }), {}, "tencentcloud:mfaCertifications"],
      [
        pluginSettings((asked) => (asked === "mfaCertification" ? certification : undefined)),
        {},
        "tencentcloud-cwp:mfaCertification",
      ],
      [configOf({}), { ...serial, ...code }, "TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER"],
    ] as const) {
      const error = await refusal(() => refuseUnsupported(settings, env), "123456");
      assert.ok(error instanceof SettingsError);
      assert.ok(error.message.startsWith(`${name} cannot be used here`), error.message);
    }
  });

  it("means nothing if it is an empty list, or if the environment has half of it, as to the provider", () => {
    for (const [config, env] of [
      [{ mfaCertifications: "[]" }, {}],
      [{}, serial],
      [{}, code],
      [{}, { ...serial, TENCENTCLOUD_MFA_CERTIFICATION_TOKEN_CODE: "" }],
      [{}, { TENCENTCLOUD_MFA_CERTIFICATION_DURATION_SECONDS: "3600" }],
    ] as const) {
      refuseUnsupported(configOf(config), env);
    }
  });
});
