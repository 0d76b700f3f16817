import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages
 */

/**
 * @param {string} file
 * @returns {LockedPackages}
 */
function readLock(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

/**
 * Whether every locked package lies there in its locked version. Optional ones may be absent: npm leaves
 * out those made for other systems.
 *
 * @param {LockedPackages} locked
 * @param {LockedPackages} installed
 */
export function satisfies(locked, installed) {
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === "") return true;
    const found = installed[path];
    return found ? found.version === wanted.version : wanted.optional === true;
  });
}

/**
 * npm writes its own note of what it installed last of all, so an installation that broke off has none.
 *
 * @param {string} root
 */
export function packagesAreInstalled(root) {
  try {
    return satisfies(
      readLock(join(root, "package-lock.json")),
      readLock(join(root, "node_modules", ".package-lock.json")),
    );
  } catch {
    return false;
  }
}

/**
 * Runs `npm ci`. Its output is kept back unless it fails.
 *
 * @param {string} root
 * @returns {{ ok: true } | { ok: false, output: string }}
 */
export function installPackages(root) {
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (npm.error) return { ok: false, output: npm.error.message };
  return npm.status === 0 ? { ok: true } : { ok: false, output: `${npm.stdout}${npm.stderr}` };
}
