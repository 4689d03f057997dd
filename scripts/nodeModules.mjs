// Installs this package's node modules, if they are not those of package-lock.json. Plain JavaScript without
// dependencies, as it runs before there are any.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import lock from "./oneAtATime.cjs";
import cache from "./userCache.cjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const nodeModules = path.join(root, "node_modules");
// npm's own note of what it installed, written when all the rest is in place.
const installedLock = path.join(nodeModules, ".package-lock.json");

/** Whether npm installed what package.json and package-lock.json ask for, and got to the end of it. */
function areInstalled() {
  const wanted = readJson(path.join(root, "package-lock.json"))?.packages;
  const installed = readJson(installedLock)?.packages;
  if (!wanted || !installed || !isOfPackageJson(wanted[""])) {
    return false;
  }
  const names = new Set([...Object.keys(wanted), ...Object.keys(installed)]);
  names.delete("");
  return [...names].every((name) =>
    installed[name] ? wanted[name]?.version === installed[name].version : wanted[name].optional,
  );
}

/** Whether the lock file was made for the package.json that is there. */
function isOfPackageJson(locked) {
  const declared = readJson(path.join(root, "package.json"));
  const sections = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
  return sections.every((section) => isDeepStrictEqual(locked[section], declared[section]));
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined; // It is not there, or half written.
  }
}

function npmCi(holder) {
  return new Promise((resolve, reject) => {
    // A shell, as npm is a script of the command processor on Windows.
    const npm = spawn("npm ci --no-audit --no-fund --loglevel=error", {
      cwd: root,
      shell: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    holder.keepFor(npm);
    let output = "";
    for (const stream of [npm.stdout, npm.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    npm.on("error", reject);
    npm.on("close", (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`npm ci failed (${code ?? signal}):\n${output.trim()}`)),
    );
  });
}

/**
 * Lets the package be found by its own name, as in a user's project. npm removes the link whenever it
 * installs something.
 */
function linkToItself() {
  const { name } = readJson(path.join(root, "package.json"));
  const link = path.join(nodeModules, name);
  if (fs.existsSync(link)) {
    return;
  }
  fs.rmSync(link, { force: true });
  try {
    fs.symlinkSync(process.platform === "win32" ? root : "..", link, "junction");
  } catch (error) {
    // Another set-up may have been faster.
    if (error.code !== "EEXIST") {
      throw error;
    }
  }
}

async function install() {
  const place = createHash("sha256").update(root).digest("hex").slice(0, 16);
  await lock.oneAtATime(
    path.join(cache.userCache(), "locks", `node-modules-${place}`),
    async (holder) => {
      if (!areInstalled()) {
        console.log("Installing node modules with npm ci; this takes about half a minute, once.");
        fs.rmSync(installedLock, { force: true });
        await npmCi(holder);
      }
    },
    (pid) =>
      console.log(`Waiting for another set-up of this folder (process ${pid}) to install node modules.`),
  );
}

try {
  if (!areInstalled()) {
    await install();
  }
  linkToItself();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
