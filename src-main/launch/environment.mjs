import { delimiter, join } from "node:path";

/**
 * The environment of a child process: the project's own programs first, among them the Node that Floppy
 * is made for, whichever Node started this one.
 *
 * @param {string} root
 * @param {NodeJS.ProcessEnv} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
export function projectEnvironment(root, extra = {}) {
  const path = [join(root, "node_modules", ".bin"), process.env.PATH ?? ""].join(delimiter);
  return { ...process.env, PATH: path, ...extra };
}
