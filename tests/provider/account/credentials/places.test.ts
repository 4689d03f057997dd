import assert from "node:assert/strict";
import { pulumiSettings } from "../../../../provider/account/config";
import { profilePlaces } from "../../../../provider/account/credentials/places";
import { cleanEnvironment } from "../../../environment";

/** With the rules of Windows for paths, on any system. */
function onWindows(env: Record<string, string>, config: Record<string, string> = {}) {
  return profilePlaces(
    pulumiSettings((name) => config[name]),
    env,
    "win32",
  );
}

describe("The folder of credential files on Windows", () => {
  cleanEnvironment();

  const home = "C:\\Users\\Ana Li";
  beforeEach(() => {
    // Node.js reads the first here, and the second on Windows.
    process.env.HOME = home;
    process.env.USERPROFILE = home;
  });

  it("is the user's folder", () => {
    assert.deepEqual(onWindows({ USERPROFILE: home }), {
      tccli: "C:\\Users\\Ana Li\\.tccli",
      ini: ["C:\\Users\\Ana Li\\.tencentcloud\\credentials", "/etc/tencentcloud/credentials"],
    });
  });

  it("is another folder if a setting names it, even on another drive or machine", () => {
    for (const folder of ["D:\\keys", "D:/keys", "\\\\server\\share\\keys"]) {
      assert.equal(onWindows({ TENCENTCLOUD_SHARED_CREDENTIALS_DIR: folder }).tccli, folder);
      assert.equal(onWindows({}, { "tencentcloud:sharedCredentialsDir": folder }).tccli, folder);
    }
    assert.deepEqual(onWindows({ TENCENTCLOUD_CREDENTIALS_FILE: "D:\\keys.ini" }).ini, ["D:\\keys.ini"]);
  });

  it("may begin with ~ and either slash, which is the user's folder", () => {
    for (const [folder, full] of [
      ["~", home],
      ["~\\keys", `${home}\\keys`],
      ["~/keys", `${home}/keys`],
      ["~keys", "~keys"],
      ["D:\\a\\~\\b", "D:\\a\\~\\b"],
    ] as const) {
      assert.equal(onWindows({ TENCENTCLOUD_SHARED_CREDENTIALS_DIR: folder }).tccli, full);
    }
  });

  it("uses HOME for ~ if that is set, as in Git Bash, like the Tencent Cloud provider", () => {
    const env = { HOME: "E:\\home", TENCENTCLOUD_SHARED_CREDENTIALS_DIR: "~\\keys" };
    assert.equal(onWindows(env).tccli, "E:\\home\\keys");
    assert.equal(onWindows({ HOME: "E:\\home" }).tccli, `${home}\\.tccli`);
  });
});
