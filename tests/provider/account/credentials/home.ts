import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { cleanEnvironment } from "../../../environment";

/** An address at which no service listens. (Not port 1, which fetch refuses without a try.) */
export const NOWHERE = "http://127.0.0.1:2";

/** An empty home folder, in which credential files are looked for. */
export interface Home {
  readonly folder: string;
  /** Writes a file, as JSON if it is no text. Returns its full path. */
  write(file: string, content: string | object): string;
  /** Removes all files. */
  clear(): void;
}

/** Gives every test of a suite a clean environment, a home folder of its own, and no metadata service. */
export function ownHome(): Home {
  cleanEnvironment();
  let folder = "";

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "cwp-home-"));
    process.env.HOME = folder;
    process.env.USERPROFILE = folder;
    process.env.TENCENTCLOUD_METADATA_URL = NOWHERE;
    for (const name of Object.keys(process.env).filter((name) => name.startsWith("TKE_"))) {
      delete process.env[name];
    }
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  return {
    get folder() {
      return folder;
    },
    clear() {
      fs.rmSync(folder, { recursive: true });
      fs.mkdirSync(folder);
    },
    write(file, content) {
      const full = path.join(folder, file);
      fs.mkdirSync(path.dirname(full), { recursive: true });
      fs.writeFileSync(full, typeof content === "string" ? content : JSON.stringify(content));
      return full;
    },
  };
}
