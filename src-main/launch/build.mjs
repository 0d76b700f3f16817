import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

const FOLDERS = ["src-main", "src-renderer", "assets"];
const FILES = ["electron.vite.config.ts", "package.json", "package-lock.json"];

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/**
 * A hash of names and contents of everything that the build reads: times of files tell little after a
 * checkout, and nothing of one that was removed.
 *
 * @param {string} root
 */
export function hashSources(root) {
  const hash = createHash("sha256");
  const files = [
    ...FILES.map((name) => join(root, name)),
    ...FOLDERS.flatMap((name) => filesUnder(join(root, name))),
  ];
  for (const file of files.sort()) {
    const content = existsSync(file) ? readFileSync(file) : "";
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/**
 * Beside the programs, so that any other build wipes it out.
 *
 * @param {string} root
 */
const noteOfSources = (root) => join(root, "out", "main", ".sources");

/** @param {string} root */
export function buildIsCurrent(root) {
  const note = noteOfSources(root);
  return existsSync(note) && readFileSync(note, "utf8") === hashSources(root);
}

/**
 * Its output is kept back unless it fails.
 *
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ ok: true } | { ok: false, output: string }}
 */
export function build(root, env) {
  const sources = hashSources(root);
  const npm = spawnSync("npm", ["run", "--silent", "build"], {
    cwd: root,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (npm.error) return { ok: false, output: npm.error.message };
  if (npm.status !== 0) return { ok: false, output: `${npm.stdout}${npm.stderr}` };
  writeFileSync(noteOfSources(root), sources);
  return { ok: true };
}
