import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {{ version?: string, optional?: boolean }} LockedPackage
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
 * out those made for other systems. npm writes its note of what it installed last of all, so an
 * installation that broke off has none; but it also writes it when only the lock file was changed.
 *
 * @param {string} root
 */
export function packagesAreInstalled(root) {
  try {
    const installed = readLock(join(root, "node_modules", ".package-lock.json"));
    return Object.entries(readLock(join(root, "package-lock.json"))).every(([path, locked]) => {
      const found = installed[path];
      if (path === "" || (!found && locked.optional)) return true;
      return found?.version === locked.version && existsSync(join(root, path));
    });
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
