import assert from "node:assert/strict";
import { inspect } from "node:util";
import {
  ApiError,
  BadAnswer,
  CwpError,
  mayHaveWorked,
  NoAnswer,
  type Retry,
  SettingsError,
  UnknownState,
} from "../../../provider/api/errors";

const codes: Readonly<Record<Retry, readonly string[]>> = {
  yes: [
    "RequestLimitExceeded",
    "RequestLimitExceeded.UinLimitExceeded",
    "RequestLimitExceeded.IPLimitExceeded",
    "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
    "ResourceInUse",
    "ResourceInUse.Machine",
    "ResourceUnavailable",
    "ResourceUnavailable.Machine",
    "ServiceUnavailable",
    "ServiceUnavailable.Maintenance",
    "FailedOperation.APIServerFail",
  ],
  few: [
    "InternalError",
    "InternalError.MainDBFail",
    "FailedOperation",
    "FailedOperation.Other",
    "FailedOperation.APIServerFailed",
  ],
  never: [
    "AuthFailure",
    "AuthFailure.InvalidAuthorization",
    "AuthFailure.InvalidSecretId",
    "AuthFailure.MFAFailure",
    "AuthFailure.SecretIdNotFound",
    "AuthFailure.SignatureExpire",
    "AuthFailure.SignatureFailure",
    "AuthFailure.TokenFailure",
    "AuthFailure.UnauthorizedOperation",
    "AuthFailure.SomethingNew",
    "UnauthorizedOperation",
    "UnauthorizedOperation.CamNoAuth",
    "InvalidParameter",
    "InvalidParameter.ParsingError",
    "InvalidParameterValue",
    "InvalidParameterValue.Range",
    "MissingParameter",
    "UnknownParameter",
    "InvalidAction",
    "NoSuchVersion",
    "NoSuchProduct",
    "UnsupportedRegion",
    "UnsupportedOperation",
    "UnsupportedProtocol",
    "IpNotInWhitelist",
    "IpInBlacklist",
    "ActionOffline",
    "DryRunOperation",
    "LimitExceeded",
    "RequestSizeLimitExceeded",
    "ResponseSizeLimitExceeded",
    "ResourceInsufficient",
    "ResourceNotFound",
    "SomethingNew",
    "SomethingNew.ResourceInUse",
    "APIServerFail",
    "requestlimitexceeded",
    "",
  ],
};

const words: Readonly<Record<Retry, string>> = {
  yes: "is tried again",
  few: "is tried again a few times only",
  never: "fails at once",
};

describe("An API error", () => {
  for (const retry of ["yes", "few", "never"] as const) {
    it(`${words[retry]}, by its full code or the part before the dot`, () => {
      const others = codes[retry].filter((code) => new ApiError(code, "said", "id").retry !== retry);
      assert.deepEqual(others, []);
    });
  }

  const advice: readonly [code: string, says: RegExp][] = [
    ["AuthFailure.SignatureFailure", /Check the SecretId and SecretKey\.$/],
    ["AuthFailure.MFAFailure", /Check the SecretId and SecretKey\.$/],
    ["AuthFailure.SecretIdNotFound", /unknown or disabled\..*cwp\.intl\.tencentcloudapi\.com/],
    ["AuthFailure.SignatureExpire", /clock of this machine is off/],
    ["AuthFailure.TokenFailure", /get new ones\. Permanent keys take no token/],
    ["AuthFailure.UnauthorizedOperation", /Grant this identity the CAM action cwp:SyncMachines/],
    ["UnauthorizedOperation", /Grant this identity the CAM action cwp:SyncMachines/],
    ["UnauthorizedOperation.CamNoAuth", /Grant this identity the CAM action cwp:SyncMachines/],
    ["IpInBlacklist", /blocked addresses/],
    ["IpNotInWhitelist", /allowed addresses of the SecretId/],
    [
      "UnsupportedRegion",
      /CWP needs no region\. Set tencentcloud-cwp:region or TENCENTCLOUD_CWP_REGION to none/,
    ],
    ["InvalidAction", /tencentcloud-cwp:endpoint is a CWP endpoint/],
    ["NoSuchVersion", /tencentcloud-cwp:endpoint is a CWP endpoint/],
    ["InternalError", /fault of the service/],
    ["InvalidParameterValue", /API documentation/],
    ["SomethingNew", /API documentation/],
  ];
  it("says what to do", () => {
    for (const [code, says] of advice) {
      assert.match(new ApiError(code, "said", "id").message, says);
    }
  });

  it("reads as one sentence, with its code, the service's message, and the RequestId", () => {
    for (const said of ["Try later", "Try later.", "Try later。", " Try later. "]) {
      const error = new ApiError("ServiceUnavailable", said, "49082d4a");
      assert.equal(error.message, "ServiceUnavailable: Try later (RequestId 49082d4a).");
      assert.equal(error.code, "ServiceUnavailable");
      assert.equal(error.requestId, "49082d4a");
    }
  });

  it("takes no time over very many dots", () => {
    const dots = ".".repeat(200_000);
    assert.match(new ApiError("Other", `${dots}x`, "id").message, /\.x \(RequestId id\)/);
    assert.match(new ApiError("Other", `x${dots}`, "id").message, /^Other: x \(RequestId id\)/);
  });

  it("names the user's own settings if it knows them", () => {
    const keys = "ACTION and ROLE in $&/KEYS.credential";
    const named = new ApiError("AuthFailure", "x", "id")
      .withNames({ keys })
      .withNames({ role: "the argument" });
    assert.equal(named.message, `AuthFailure: x (RequestId id). Check the SecretId and SecretKey (${keys}).`);
    const role = new ApiError("ResourceNotFound.RoleNotFound", "x", "id").withNames({ role: "the argument" });
    assert.match(role.message, /Check the role's ARN \(the argument\)\.$/);
  });

  it("says that the service gave no RequestId, if so", () => {
    assert.match(new ApiError("ServiceUnavailable", "Try later.", "").message, /\(RequestId none\)/);
  });
});

describe("A failed request", () => {
  const may: readonly CwpError[] = [
    new NoAnswer("RequestTimeout", "x"),
    new NoAnswer("NetworkFailure", "x"),
    new NoAnswer("HttpStatus", "x"),
    new BadAnswer("x"),
    new UnknownState("PAUSED", "id"),
    ...["InternalError", "InternalError.MainDBFail", "FailedOperation", "FailedOperation.APIServerFail"].map(
      (code) => new ApiError(code, "x", "id"),
    ),
  ];
  it("may have been carried out if its answer was lost, or the service calls it failed", () => {
    assert.deepEqual(
      may.filter((error) => !mayHaveWorked(error)),
      [],
    );
  });

  it("was not carried out if the service refused it", () => {
    const refused = [
      "RequestLimitExceeded.UinLimitExceeded",
      "ResourceInUse",
      "AuthFailure.TokenFailure",
      "New",
    ];
    assert.deepEqual(
      refused.filter((code) => mayHaveWorked(new ApiError(code, "x", "id"))),
      [],
    );
  });

  it("was not carried out if it could not be sent, as without credentials", () => {
    const error = new NoAnswer("NetworkFailure", "x");
    error.sent = false;
    assert.ok(!mayHaveWorked(error));
    assert.ok(!mayHaveWorked(new SettingsError("x")));
  });
});

describe("Every error of the package", () => {
  it("prints as its message alone, since Pulumi shows the stack", () => {
    const errors = [
      new SettingsError("What was wrong."),
      new ApiError("InternalError", "x", "id"),
      new NoAnswer("NetworkFailure", "No connection."),
      new BadAnswer("it is a page"),
      new UnknownState("PAUSED", "id"),
    ];
    for (const error of errors) {
      assert.ok(error instanceof CwpError);
      assert.equal(error.stack, error.message);
    }
  });

  it("has its own code, and the RequestId where there is one", () => {
    const unknown = new UnknownState("PAUSED", "the-id");
    assert.deepEqual([unknown.code, unknown.requestId, unknown.retry], ["UnknownState", "the-id", "never"]);
    assert.match(unknown.message, /"PAUSED".*\(RequestId the-id\)/);
    assert.match(new UnknownState("PAUSED", "").message, /\(RequestId none\)/);
    const bad = new BadAnswer("it is a page");
    assert.deepEqual([bad.code, bad.requestId, bad.retry], ["BadAnswer", "", "yes"]);
    assert.equal(new SettingsError("x").code, "InvalidSettings");
    assert.equal(new NoAnswer("NetworkFailure", "x").requestId, "");
  });

  it("stays what it is with another message", () => {
    const error = new SettingsError("What was wrong.", "endpoint").withMessage("Something else.");
    assert.deepEqual(
      [error.code, error.message, error.retry, error.sent, error.topic],
      ["InvalidSettings", "Something else.", "never", false, "endpoint"],
    );
  });

  it("is shown by Node.js as its message alone", () => {
    const error = new ApiError("InternalError", "x", "id");
    assert.equal(inspect(error), error.message);
    assert.equal(error.name, "CwpError");
  });

  it("about a setting is final", () => {
    const error = new SettingsError("What was wrong.");
    assert.deepEqual([error.retry, error.requestId], ["never", ""]);
  });
});
