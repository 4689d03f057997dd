import assert from "node:assert/strict";
import {
  fingerprint,
  givenKeys,
  legalKeys,
  refuseIllegal,
  temporaryKeys,
  whoOf,
} from "../../../provider/api/credentials";
import { SettingsError } from "../../../provider/api/errors";
import { refusal } from "../../refusal";

describe("The fingerprint of an account", () => {
  it("is the same for the same host and identity, and another one for any other", () => {
    const one = fingerprint("cwp.tencentcloudapi.com", whoOf("keys", "AKID1"));
    assert.match(one, /^[0-9a-f]{32}$/);
    assert.equal(fingerprint("cwp.tencentcloudapi.com", whoOf("keys", "AKID1")), one);
    for (const [host, who] of [
      ["cwp.intl.tencentcloudapi.com", whoOf("keys", "AKID1")],
      ["cwp.tencentcloudapi.com", whoOf("keys", "AKID2")],
      ["cwp.tencentcloudapi.com", whoOf("role", "AKID1")],
    ] as const) {
      assert.notEqual(fingerprint(host, who), one);
    }
  });
});

describe("Given keys", () => {
  it("differ from others by each of their parts, and name their identity and source", async () => {
    const keys = { secretId: "id", secretKey: "key" };
    const identities = [
      keys,
      { ...keys, secretId: "id2" },
      { ...keys, secretKey: "key2" },
      { ...keys, token: "t" },
    ].map((given) => givenKeys(given).identity);
    assert.equal(new Set(identities).size, 4);
    assert.deepEqual(await givenKeys(keys, "the test").find(), {
      ...keys,
      who: whoOf("keys", "id"),
      source: "the test",
    });
    assert.equal((await givenKeys(keys).find()).source, "given keys");
  });

  const names = { secretId: "ID", secretKey: "KEY", token: "TOKEN" };

  it("may have no token, or empty parts", () => {
    for (const keys of [
      { secretId: "id", secretKey: "key" },
      { secretId: "id", secretKey: "key", token: "" },
    ]) {
      assert.equal(legalKeys(keys, names), keys);
    }
  });

  for (const part of ["secretId", "secretKey", "token"] as const) {
    it(`are refused by the name of the ${part} if that cannot be sent in a header`, async () => {
      for (const value of ["two words", "line\nbreak", "typographic–dash", "\u0000", " "]) {
        const keys = { secretId: "id", secretKey: "key", token: "token", [part]: value };
        const error = await refusal(() => legalKeys(keys, names), ...(value.trim() ? [value] : []));
        assert.ok(error instanceof SettingsError);
        assert.ok(error.message.startsWith(`${names[part]} holds a character that cannot be right`));
      }
    });
  }

  it("are refused as a region is, which the documentation has beside the endpoint", async () => {
    refuseIllegal("The region", "ap-guangzhou");
    const error = await refusal(() => refuseIllegal("The region", "ap guangzhou"));
    assert.equal(Reflect.get(error, "topic"), "endpoint");
  });
});

describe("Temporary keys", () => {
  const answer = { TmpSecretId: "id", TmpSecretKey: "key", Token: "token" };

  it("are taken with their end, which may be missing, and with an empty token", () => {
    const keys = { secretId: "id", secretKey: "key", token: "token" };
    assert.deepEqual(temporaryKeys(answer, 5), { ...keys, expiresAt: 5_000 });
    assert.deepEqual(temporaryKeys(answer, "5"), keys);
    assert.deepEqual(temporaryKeys({ ...answer, Token: "" }, undefined), { ...keys, token: "" });
  });

  it("are none if one is missing, no text, or cannot be sent", () => {
    for (const part of Object.keys(answer)) {
      for (const value of [undefined, null, 7, "two words"]) {
        assert.equal(temporaryKeys({ ...answer, [part]: value }, 5), undefined, `${part} ${value}`);
      }
    }
    assert.equal(temporaryKeys(undefined, 5), undefined);
  });
});
