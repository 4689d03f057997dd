// Installs this package's node modules, if they are not those of package-lock.json. Plain JavaScript without
// dependencies, as it runs before there are any.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

const FRESH = ".npm-ci-";
const HOUR_MS = 60 * 60 * 1000;

/** Whether npm installed what package-lock.json asks for, and got to the end of it. */
function areInstalled() {
  const wanted = readJson("package-lock.json")?.packages;
  // npm's own note of what it installed, written when all the rest is in place.
  const installed = readJson("node_modules/.package-lock.json")?.packages;
  if (!wanted || !installed) {
    return false;
  }
  const { "": _root, ...all } = { ...wanted, ...installed };
  return Object.keys(all).every((name) =>
    installed[name] ? wanted[name]?.version === installed[name].version : wanted[name].optional,
  );
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined; // It is not there, or half written.
  }
}

/**
 * Runs npm ci in a folder of its own, and puts its node_modules into place when they are whole. So a set-up
 * that is killed leaves none that are half made, and two at a time do not disturb each other.
 */
function install() {
  console.log("Installing node modules with npm ci; this takes about half a minute, once.");
  const fresh = fs.mkdtempSync(FRESH);
  try {
    for (const file of ["package.json", "package-lock.json", ".npmrc"].filter((name) =>
      fs.existsSync(name),
    )) {
      fs.copyFileSync(file, path.join(fresh, file));
    }
    // A shell, as npm is a script of the command processor on Windows.
    const { status, signal, stdout, stderr } = spawnSync("npm ci --no-audit --no-fund --loglevel=error", {
      cwd: fresh,
      shell: true,
      encoding: "utf8",
    });
    if (status !== 0) {
      throw new Error(`npm ci failed (${status ?? signal}):\n${`${stdout}${stderr}`.trim()}`);
    }
    putIntoPlace(fresh);
  } finally {
    fs.rmSync(fresh, { recursive: true, force: true });
  }
}

/** Unless another set-up was faster, which may come in between at any moment. */
function putIntoPlace(fresh) {
  for (let tries = 1; !areInstalled(); tries++) {
    try {
      if (fs.existsSync("node_modules")) {
        fs.renameSync("node_modules", path.join(fresh, `before-${tries}`));
      }
      fs.renameSync(path.join(fresh, "node_modules"), "node_modules");
      return;
    } catch (error) {
      const cameBetween = ["ENOENT", "ENOTEMPTY", "EEXIST", "EPERM"].includes(error.code);
      if (!cameBetween || tries === 3) {
        throw error;
      }
    }
  }
}

/** Deletes what set-ups that were killed left behind. */
function removeLeftovers() {
  for (const name of fs.readdirSync(".").filter((one) => one.startsWith(FRESH))) {
    if (Date.now() - fs.statSync(name).mtimeMs > HOUR_MS) {
      fs.rmSync(name, { recursive: true, force: true });
    }
  }
}

/**
 * Lets the package be found by its own name, as in a user's project. npm removes the link whenever it
 * installs something.
 */
function linkToItself() {
  const link = path.join("node_modules", readJson("package.json").name);
  if (fs.existsSync(link)) {
    return;
  }
  fs.rmSync(link, { force: true });
  try {
    fs.symlinkSync(process.platform === "win32" ? process.cwd() : "..", link, "junction");
  } catch (error) {
    // Another set-up may have been faster.
    if (error.code !== "EEXIST") {
      throw error;
    }
  }
}

try {
  removeLeftovers();
  if (!areInstalled()) {
    install();
  }
  linkToItself();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
