// Runs npm ci if the node modules differ from package-lock.json, and lets the package be found by its own name, as
// in a user's project. Plain JavaScript without dependencies, as it runs before there are any.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** Returns true if npm has installed all packages of package-lock.json, to the end. */
function areInstalled() {
  const wanted = readJson("package-lock.json")?.packages;
  // npm's own list of installed packages, which it writes last.
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

if (!areInstalled()) {
  console.log("Installing node modules with npm ci; this takes about half a minute, once.");
  // A shell, as npm is a script of the command processor on Windows.
  const { status } = spawnSync("npm ci --no-audit --no-fund --loglevel=error", {
    shell: true,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) {
    process.exit(1);
  }
}
const link = path.join("node_modules", readJson("package.json").name);
if (!fs.existsSync(link)) {
  fs.rmSync(link, { force: true });
  fs.symlinkSync(process.platform === "win32" ? process.cwd() : "..", link, "junction");
}
