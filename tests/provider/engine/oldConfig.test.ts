import assert from "node:assert/strict";
import { ApiError, CwpError, NoAnswer, SettingsError } from "../../../provider/api/errors";
import { withRefreshAdvice } from "../../../provider/engine/oldConfig";

describe("The advice of a refresh, which has the config of the last up", () => {
  const advice = / A refresh reads the config of the last "pulumi up": .*"pulumi refresh --run-program"\.$/;

  for (const error of [
    new ApiError("AuthFailure", "No.", "id"),
    new ApiError("AuthFailure.SecretIdNotFound", "No.", "id"),
    new SettingsError("There are no credentials."),
  ]) {
    it(`is given with ${error.code}, after what it says itself`, () => {
      const advised = withRefreshAdvice(error);
      assert.ok(advised instanceof CwpError);
      assert.match(advised.message, advice);
      assert.ok(advised.message.startsWith(error.message));
      assert.deepEqual([advised.code, advised.requestId], [error.code, error.requestId]);
    });
  }

  for (const error of [
    new ApiError("UnauthorizedOperation", "No.", "id"),
    new ApiError("FailedOperation.AuthFailure", "No.", "id"),
    new NoAnswer("NetworkFailure", "No connection."),
    Object.assign(new Error("Not of this package"), { code: "AuthFailure" }),
    "a text",
  ]) {
    it(`is not given with ${error}`, () => assert.equal(withRefreshAdvice(error), error));
  }
});
