import assert from "node:assert/strict";
import * as fs from "node:fs";
import os from "node:os";
import * as path from "node:path";
import { readIniProfile } from "../../../../provider/account/credentials/profile";
import { CwpError, SettingsError } from "../../../../provider/api/errors";
import { refusal } from "../../../refusal";
import { arnOf, keysOf, ownWorld, tokenOf } from "./world";

const IN_AN_HOUR = Math.floor(Date.now() / 1000) + 3600;
const AN_HOUR_AGO = IN_AN_HOUR - 7200;
const temporary = "temporary";

describe("Credentials in files", () => {
  const world = ownWorld({
    plain: ["tccli", "ini", "env"],
    temporary: [temporary, "boundRole"],
    assumed: ["assumedByProfile"],
  });
  const signer = () => world().signer();
  const found = () => world().connection().credentials.find();
  const write = (file: string, content: string | object) => world().home.write(file, content);
  const withToken = { ...keysOf(temporary), token: tokenOf(temporary) };

  /** The message of a refusal over a file, for which nothing is sent. */
  async function refusalText(...secrets: string[]): Promise<string> {
    const error = await refusal(signer(), ...secrets);
    assert.ok(error instanceof SettingsError, error.message);
    assert.deepEqual(world().emulator.requests, []);
    return error.message;
  }

  /** What has no keys in it, each in its own way. */
  const empty: readonly object[] = [
    { secretId: "None", secretKey: "None" },
    { secretId: " ", secretKey: null, token: "a-token-of-old-days" },
    { type: "oauth", expiresAt: AN_HOUR_AGO },
    { type: "cvm-role-of-another-time" },
  ];

  describe("of tccli, by default,", () => {
    const file = (content: object) => write(".tccli/default.credential", content);

    it("may have a token", async () => {
      file(withToken);
      assert.equal(await signer(), temporary);
    });

    it("may belong to the CVM role, in place of keys", async () => {
      world().onCvm();
      file({ type: "cvm-role" });
      assert.equal(await signer(), "boundRole");
    });

    it("are told the end of a login with the command for it", async () => {
      const full = file({ type: "oauth", ...withToken, expiresAt: AN_HOUR_AGO, oauth: {} });
      assert.equal(
        await refusalText(withToken.secretKey, withToken.token),
        `The login in ${full} has ended: run "tccli auth login" again.`,
      );
    });

    for (const content of empty) {
      it(`are looked for elsewhere where the file has none: ${JSON.stringify(content)}`, async () => {
        file(content);
        world().onCvm();
        assert.equal(await signer(), "boundRole");
      });
    }
  });

  describe("of tccli, by a profile's name,", () => {
    const file = (content: string | object) => write(".tccli/mine.credential", content);
    beforeEach(() => {
      world().args = { profile: "mine" };
    });

    it("may have a token", async () => {
      file(withToken);
      assert.equal(await signer(), temporary);
    });

    for (const type of ["oauth", "sso"]) {
      it(`may belong to a login of type ${type} that has not ended`, async () => {
        file({ type, ...withToken, expiresAt: IN_AN_HOUR, [type]: { site: "cn" } });
        assert.equal(await signer(), temporary);
        assert.equal((await found()).expiresAt, IN_AN_HOUR * 1000);
      });
    }

    it("are told the end of a login with the command of its own kind", async () => {
      const full = file({ type: "oauth", ...withToken, expiresAt: AN_HOUR_AGO, oauth: {} });
      assert.equal(
        await refusalText(withToken.secretKey, withToken.token),
        `The login in ${full} has ended: run "tccli auth login --profile mine" again.`,
      );
      file({ type: "sso", ...withToken, expiresAt: AN_HOUR_AGO, sso: {} });
      assert.equal(
        await refusalText(withToken.secretKey, withToken.token),
        `The login in ${full} has ended: run "tccli sso login --profile mine" again.`,
      );
    });

    const leftovers: readonly object[] = [
      { expiresAt: AN_HOUR_AGO },
      { type: "oauth", expiresAt: AN_HOUR_AGO, oauth: {}, token: "None" },
      { type: "cvm-role", token: "" },
      { "role-arn": "None", "role-session-name": "None" },
    ];
    for (const leftover of leftovers) {
      it(`are permanent keys beside ${JSON.stringify(leftover)}, which says nothing`, async () => {
        world().onCvm();
        file({ ...keysOf("tccli"), ...leftover });
        assert.equal(await signer(), "tccli");
      });
    }

    it("are sent with a token that does not belong to them, as by the provider, and the refusal names it", async () => {
      const full = file({ ...keysOf("tccli"), token: "a-token-of-old-days" });
      const error = await refusal(signer(), "a-token-of-old-days");
      assert.ok(error instanceof CwpError);
      assert.match(error.message, /^AuthFailure\.\w+: /);
      assert.ok(error.message.includes(`secretId, secretKey and token in ${full}`), error.message);
    });

    it("may belong to the CVM role, in place of keys", async () => {
      world().onCvm();
      file({ type: "cvm-role" });
      assert.equal(await signer(), "boundRole");
    });

    it("may belong to a role that the file names, got with its keys", async () => {
      file({ ...keysOf("tccli"), "role-arn": arnOf("assumedByProfile"), "role-session-name": "ci" });
      assert.equal(await signer(), "assumedByProfile");
    });

    it("may belong to a role that the file names, got with the CVM role", async () => {
      world().onCvm();
      file({ type: "cvm-role", "role-arn": arnOf("assumedByProfile"), "role-session-name": "ci" });
      assert.equal(await signer(), "assumedByProfile");
    });

    it("are read again with each look-up", async () => {
      file(keysOf("tccli"));
      const { credentials } = world().connection();
      assert.equal((await credentials.find()).secretId, keysOf("tccli").secretId);
      file(keysOf("ini"));
      assert.equal((await credentials.find()).secretId, keysOf("ini").secretId);
    });

    it("come before a section of the same name", async () => {
      const { secretId, secretKey } = keysOf("ini");
      write(".tencentcloud/credentials", `[mine]\nsecret_id = ${secretId}\nsecret_key = ${secretKey}\n`);
      assert.equal(await signer(), "ini");
      file(keysOf("tccli"));
      assert.equal(await signer(), "tccli");
    });

    for (const content of empty) {
      it(`are missed where the file has none: ${JSON.stringify(content)}`, async () => {
        const full = file(content);
        world().onCvm();
        assert.equal(
          await refusalText("a-token-of-old-days"),
          `There are no keys in ${full} (the argument profile): run "tccli configure --profile mine".`,
        );
      });
    }
  });

  describe("of tccli", () => {
    beforeEach(() => {
      world().args = { profile: "mine" };
    });
    const mine = (content: object) => write(".tccli/mine.credential", content);

    const folders: readonly [title: string, set: (folder: string) => void][] = [
      [
        "the config",
        (folder) => {
          world().setEnv({ TENCENTCLOUD_SHARED_CREDENTIALS_DIR: world().home.folder });
          world().setConfig({ sharedCredentialsDir: folder });
        },
      ],
      ["the environment", (folder) => world().setEnv({ TENCENTCLOUD_SHARED_CREDENTIALS_DIR: folder })],
    ];
    for (const [title, set] of folders) {
      it(`are looked for in the folder that ${title} names, and no longer in ~/.tccli`, async () => {
        mine(keysOf("tccli"));
        write("shared/mine.credential", keysOf("ini"));
        set(`${world().home.folder}/shared`);
        assert.equal(await signer(), "ini");
      });
    }

    it("are read without the blanks around them", async () => {
      const { secretId, secretKey } = keysOf("tccli");
      mine({ secretId: ` ${secretId}`, secretKey: `${secretKey}\t` });
      assert.equal(await signer(), "tccli");
    });

    it("of a login are told from others by the login's name", async () => {
      mine({ type: "sso", ...withToken, expiresAt: IN_AN_HOUR, sso: {} });
      assert.deepEqual(JSON.parse((await found()).who), ["login", "mine", withToken.secretId]);
      mine({ type: "sso", ...withToken, sso: {} });
      assert.deepEqual(JSON.parse((await found()).who), ["keys", withToken.secretId]);
    });

    it("are read with lines of Windows, after a byte order mark", async () => {
      const text = JSON.stringify(keysOf("tccli"), null, 2).replaceAll("\n", "\r\n");
      write(".tccli/mine.credential", `\uFEFF${text}\r\n`);
      assert.equal(await signer(), "tccli");
    });

    it("are looked for in ~/.tccli if the folder is set but empty", async () => {
      mine(keysOf("tccli"));
      world().setEnv({ TENCENTCLOUD_SHARED_CREDENTIALS_DIR: "" });
      assert.equal(await signer(), "tccli");
    });

    it("are looked for in the home folder if the folder begins with ~", async () => {
      write("shared/mine.credential", keysOf("ini"));
      world().setConfig({ sharedCredentialsDir: "~/shared" });
      assert.equal(await signer(), "ini");
    });

    it("are absent if ~/.tccli is a file", async () => {
      write(".tccli", "not a folder");
      assert.match(await refusalText(), /^There is no profile "mine" .*There is none at all/);
      world().args = {};
      world().onCvm();
      assert.equal(await signer(), "boundRole");
    });
  });

  describe("of the SDKs", () => {
    const file = (text: string) => write(".tencentcloud/credentials", text);
    const { secretId, secretKey } = keysOf(temporary);
    const token = tokenOf(temporary);
    const pair = (name: string) => {
      const keys = keysOf(name);
      return `secret_id = ${keys.secretId}\nsecret_key = ${keys.secretKey}\n`;
    };

    it("are in a section named like the profile", async () => {
      file(
        `# keys\n[default]\n${pair("ini")}\n[mine]\r\n  secret_id = "${secretId}"\r\n  secret_key = ${secretKey}\r\n  token = ${token}\r\n`,
      );
      world().args = { profile: "mine" };
      assert.equal(await signer(), temporary);
      world().args = { profile: "default" };
      assert.equal(await signer(), "ini");
    });

    it("take no time behind a long line without meaning", async () => {
      file(`[default]\nsecret_id${" ".repeat(100_000)}x\n${pair("ini")}`);
      assert.equal(await signer(), "ini");
    });

    it("may hold brackets, and quotes that are no pair", async () => {
      file(`[default]\nsecret_id = AKID[1]\nsecret_key = "half\n[other]\nsecret_id = 'x'\nsecret_key = y"\n`);
      const keys = await found();
      assert.deepEqual([keys.secretId, keys.secretKey], ["AKID[1]", '"half']);
      world().args = { profile: "other" };
      const others = await found();
      assert.deepEqual([others.secretId, others.secretKey], ["x", 'y"']);
    });

    it("are not those of the CVM role if a section has none", async () => {
      world().onCvm();
      world().args = { profile: "mine" };
      file(`[mine]\ntoken = a-token-of-old-days\n`);
      assert.match(await refusalText("a-token-of-old-days"), /^There is no profile "mine"/);
    });

    for (const part of ["secret_id", "secret_key", "token"]) {
      it(`are refused by the name of ${part} if that holds a character that no header can carry`, async () => {
        const values: Record<string, string> = { secret_id: "id", secret_key: "key", token: "token" };
        values[part] = "two words";
        const lines = Object.entries(values).map(([name, value]) => `${name} = ${value}\n`);
        const full = file(`[default]\n${lines.join("")}`);
        assert.ok(
          (await refusalText("two words")).startsWith(`${part} in [default] of ${full} holds a character`),
        );
      });
    }

    it("may be in a section with dots in its name", async () => {
      file(`[my.own.profile]\n${pair("ini")}`);
      world().args = { profile: "my.own.profile" };
      assert.equal(await signer(), "ini");
    });

    const forms: readonly [title: string, text: string][] = [
      ["with colons", `[default]\nsecret_id: ${secretId}\nsecret_key:${secretKey}\ntoken : ${token}\n`],
      ["in upper case", `[default]\nSECRET_ID=${secretId}\nSecret_Key=${secretKey}\nTOKEN=${token}\n`],
      [
        "with comments",
        `; mine\n[default] # of the team\n# the id\nsecret_id = ${secretId}\n  ; the key\nsecret_key = ${secretKey}\ntoken = ${token}\n`,
      ],
      [
        "with lines of an old Mac",
        `[default]\rsecret_id=${secretId}\rsecret_key=${secretKey}\rtoken=${token}`,
      ],
      [
        "with a section that is continued",
        `[default]\nsecret_id=${secretId}\n[other]\nsecret_id=x\n[default]\nsecret_key=${secretKey}\ntoken=${token}\n`,
      ],
      [
        "with lines of Windows",
        `[default]\r\nsecret_id = ${secretId}\r\nsecret_key = ${secretKey}\r\ntoken = ${token}\r\n`,
      ],
      [
        "after a byte order mark",
        `\uFEFF[default]\nsecret_id=${secretId}\nsecret_key=${secretKey}\ntoken=${token}\n`,
      ],
    ];
    for (const [title, text] of forms) {
      it(`are read ${title}`, async () => {
        file(text);
        assert.equal(await signer(), temporary);
      });
    }

    for (const sign of ["#", ";"]) {
      it(`keep a ${sign} within a value, as the SDKs do`, async () => {
        file(`[default]\nsecret_id = AKID${sign}1\nsecret_key = key${sign}of${sign}mine\n`);
        const keys = await found();
        assert.deepEqual([keys.secretId, keys.secretKey], [`AKID${sign}1`, `key${sign}of${sign}mine`]);
      });

      it(`are refused if a comment follows a value after ${sign}, which the SDKs take for a part of it`, async () => {
        const full = file(`[default]\nsecret_id = ${secretId} ${sign} my id\nsecret_key = ${secretKey}\n`);
        assert.equal(
          await refusalText(secretKey),
          `secret_id in [default] of ${full} holds a character that cannot be right, such as a space, a line break or a typographic dash: copy it again.`,
        );
      });
    }

    it("are looked for in the file that TENCENTCLOUD_CREDENTIALS_FILE names, and nowhere else", async () => {
      file(`[default]\n${pair("ini")}`);
      world().setEnv({ TENCENTCLOUD_CREDENTIALS_FILE: write("other.ini", `[default]\n${pair("tccli")}`) });
      assert.equal(await signer(), "tccli");
      world().setEnv({ TENCENTCLOUD_CREDENTIALS_FILE: path.join(world().home.folder, "none.ini") });
      world().onCvm();
      assert.equal(await signer(), "boundRole");
    });

    it("are read from the first existing file", () => {
      const ours = write("etc/credentials", `[default]\n${pair("ini")}`);
      const places = { tccli: undefined, ini: [path.join(world().home.folder, "none"), ours] };
      assert.equal(readIniProfile("default", places)?.keys?.secretId, keysOf("ini").secretId);
      const other = write("home/credentials", "[other]\n");
      assert.equal(readIniProfile("default", { ...places, ini: [other, ours] }), undefined);
    });

    it("are looked for in /etc too", async () => {
      const message = await refusalText();
      assert.ok(
        message.includes(
          `the section [default] of ${world().home.folder}/.tencentcloud/credentials or /etc/tencentcloud/credentials`,
        ),
        message,
      );
    });
  });

  describe("without a home folder", () => {
    const { homedir } = os;
    const broken: readonly [title: string, homedir: () => string][] = [
      [
        "that the system knows",
        () => {
          throw new Error("ENOENT: no such file or directory, uv_os_homedir");
        },
      ],
      ["in a HOME that is empty", () => ""],
    ];
    afterEach(() => {
      Object.assign(os, { homedir });
    });
    for (const [title, broke] of broken) {
      it(`${title} are looked for elsewhere`, async () => {
        Object.assign(os, { homedir: broke });
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "cwp-cwd-"));
        const before = process.cwd();
        fs.mkdirSync(path.join(folder, ".tccli"));
        fs.writeFileSync(path.join(folder, ".tccli/default.credential"), JSON.stringify(keysOf("tccli")));
        process.chdir(folder);
        try {
          world().onCvm();
          assert.equal(await signer(), "boundRole", "the current folder is no home folder");
          world().setEnv({ TENCENTCLOUD_SHARED_CREDENTIALS_DIR: path.join(folder, ".tccli") });
          assert.equal(await signer(), "tccli");
        } finally {
          process.chdir(before);
          fs.rmSync(folder, { recursive: true });
        }
      });

      it(`${title} are missed by a profile's name in the files that are left`, async () => {
        Object.assign(os, { homedir: broke });
        world().args = { profile: "mine" };
        assert.match(await refusalText(), / in \/etc\/tencentcloud\/credentials\. There is none at all/);
      });

      it(`${title} are missed in a folder that begins with ~, or is ~`, async () => {
        Object.assign(os, { homedir: broke });
        world().setConfig({ sharedCredentialsDir: "/keys/~" });
        assert.match(await refusalText(), /^No Tencent Cloud credentials were found/);
        world().setConfig({ sharedCredentialsDir: "~" });
        assert.match(await refusalText(), /^tencentcloud:sharedCredentialsDir begins with ~/);
        world().setConfig({ sharedCredentialsDir: "~/shared" });
        assert.match(
          await refusalText(),
          /^tencentcloud:sharedCredentialsDir begins with ~, but this user has no/,
        );
      });
    }
  });
});
