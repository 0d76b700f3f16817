// Floppy's programs, on a machine where nothing is installed yet: brought, then run.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { build, buildIsCurrent } from "./build.mjs";
import { projectEnvironment } from "./environment.mjs";
import { installPackages, packagesAreInstalled } from "./packages.mjs";
import { harmless } from "./words.mjs";

const OLDEST_NODE = 20;

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const env = projectEnvironment(root);

/** @typedef {{ command: string, args: string[] }} Door */

/**
 * @param {string} message
 * @returns {never}
 */
function giveUp(message) {
  console.error(harmless(message));
  process.exit(1);
}

function requireNode() {
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) return;
  giveUp(
    `Floppy starts with Node ${OLDEST_NODE} or newer; this is ${process.versions.node}. See https://nodejs.org.`,
  );
}

/** @param {string} output */
function explainInstallFailure(output) {
  const compiling = /gyp ERR!|node-gyp/.test(output);
  const advice = compiling
    ? "A native module could not be compiled. It takes a C++ compiler, make and Python:\n  sudo apt-get install g++ make python3"
    : "npm could not install what Floppy needs. Is the npm registry within reach? Then start again.";
  return `${output}\n${advice}`;
}

/** @param {(text: string) => void} say */
function bringPackages(say) {
  if (packagesAreInstalled(root)) return;
  say("Installing what Floppy needs (first start only)…");
  const installed = installPackages(root);
  if (!installed.ok) giveUp(explainInstallFailure(installed.output));
}

/** @param {(text: string) => void} say */
function bringBuild(say) {
  if (buildIsCurrent(root)) return;
  say("Building Floppy…");
  const built = build(root, env);
  if (!built.ok) giveUp(`${built.output}\nFloppy could not be built.`);
}

/**
 * Installs and builds what is missing, and says so.
 *
 * @param {(text: string) => void} say
 */
export function bringProgram(say) {
  requireNode();
  bringPackages(say);
  bringBuild(say);
}

/**
 * Runs the program and ends as it ends.
 *
 * @param {Door} door
 */
export function open({ command, args }) {
  const child = spawn(command, args, { cwd: root, env, stdio: "inherit" });
  child.on("error", ({ message }) => giveUp(`Floppy could not be opened: ${message}`));
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      // Ctrl-C reaches the whole group, the child as well; a second one would not let it end cleanly.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? "SIGTERM"]));
}
