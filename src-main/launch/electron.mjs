import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Where Electron's program is, or null. Electron's own package would start a download when asked.
 *
 * @param {string} root
 */
export function electronProgram(root) {
  const electron = join(root, "node_modules", "electron");
  const named = join(electron, "path.txt");
  const name = existsSync(named) ? readFileSync(named, "utf8") : "electron";
  const program = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(electron, "dist"), name);
  return existsSync(program) ? program : null;
}

/**
 * Lets Electron's package download its program; null where that cannot be had within the time.
 *
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @param {number} limitMs
 */
export function downloadElectron(root, env, limitMs) {
  const installer = join(root, "node_modules", "electron", "install.js");
  const { status } = spawnSync("node", [installer], { cwd: root, env, stdio: "ignore", timeout: limitMs });
  return status === 0 ? electronProgram(root) : null;
}
