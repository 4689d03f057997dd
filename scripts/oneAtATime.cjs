// A lock between processes. It is a folder with one file that says who holds it. The folder is filled under
// another name and renamed into place, which fails while one is there: so it is never seen half made. A dead
// holder's folder is renamed to a name that belongs to that holder, and stays there for a day: so a process
// that saw the dead holder too, and is late, cannot take the lock from the next holder by mistake.
const { randomUUID } = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { setTimeout: pause } = require("node:timers/promises");

const CHECK_EVERY_MS = 100;
const SIGN_OF_LIFE_EVERY_MS = 5_000;
// Only for a pid that another process has got meanwhile. Long, as a child that outlives its parent gives no
// sign.
const DEAD_AFTER_MS = 10 * 60 * 1000;
const TOMBSTONES_KEPT_MS = 24 * 60 * 60 * 1000;

async function oneAtATime(lock, task, onWait) {
  const mine = { token: randomUUID(), host: os.hostname(), pids: [process.pid] };
  const holderFile = path.join(lock, "holder.json");
  await acquire(lock, mine, onWait);
  removeOldTombstones(lock);
  const signOfLife = setInterval(() => touch(holderFile), SIGN_OF_LIFE_EVERY_MS);
  try {
    return await task({
      keepFor(child) {
        mine.pids.push(child.pid);
        // Renamed into place: a file that a kill left half written would name no holder, and be waited for in vain.
        fs.writeFileSync(`${holderFile}.new`, JSON.stringify(mine));
        fs.renameSync(`${holderFile}.new`, holderFile);
      },
    });
  } finally {
    clearInterval(signOfLife);
    if (readHolder(holderFile)?.token === mine.token) {
      const released = `${lock}.dead-${mine.token}`;
      fs.renameSync(lock, released);
      fs.rmSync(released, { recursive: true });
    }
  }
}

async function acquire(lock, mine, onWait) {
  const prepared = `${lock}.new-${mine.token}`;
  fs.mkdirSync(prepared, { recursive: true });
  fs.writeFileSync(path.join(prepared, "holder.json"), JSON.stringify(mine));
  let told = false;
  while (!renamedUnlessThere(prepared, lock)) {
    const holder = readHolder(path.join(lock, "holder.json"));
    if (holder && isDead(holder)) {
      renamedUnlessThere(lock, `${lock}.dead-${holder.token}`);
      continue;
    }
    if (holder && !told) {
      told = true;
      onWait(holder.pids[0]);
    }
    await pause(CHECK_EVERY_MS);
  }
}

function renamedUnlessThere(from, to) {
  try {
    fs.renameSync(from, to);
    return true;
  } catch (error) {
    if (fs.existsSync(to) || !fs.existsSync(from)) {
      return false;
    }
    // Between the two checks the other one may have let go; anything else is a real error.
    if (["ENOTEMPTY", "EEXIST", "EPERM"].includes(error.code)) {
      return false;
    }
    throw error;
  }
}

function touch(file) {
  try {
    fs.utimesSync(file, new Date(), new Date());
  } catch {
    // The lock was taken over, as this process was suspended for long.
  }
}

function readHolder(file) {
  try {
    return { ...JSON.parse(fs.readFileSync(file, "utf8")), seen: fs.statSync(file).mtimeMs };
  } catch {
    return undefined; // It has just let go, or is just writing.
  }
}

function isDead(holder) {
  const silent = Date.now() - holder.seen > DEAD_AFTER_MS;
  return silent || (holder.host === os.hostname() && !holder.pids.some(isRunning));
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
  return !isZombie(pid);
}

/** Whether a process has ended, but nobody has asked for its exit code; in a container nobody may ever do. */
function isZombie(pid) {
  try {
    return /\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false; // Only Linux tells.
  }
}

function removeOldTombstones(lock) {
  const folder = path.dirname(lock);
  for (const name of fs.readdirSync(folder)) {
    const isTombstone = name.startsWith(`${path.basename(lock)}.`);
    const file = path.join(folder, name);
    if (isTombstone && Date.now() - fs.statSync(file).ctimeMs > TOMBSTONES_KEPT_MS) {
      fs.rmSync(file, { recursive: true, force: true });
    }
  }
}

module.exports = { oneAtATime };
