// `npm start`: installs what is missing, builds what changed, and opens Floppy.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, buildIsCurrent } from "./build.mjs";
import { downloadElectron, electronProgram } from "./electron.mjs";
import { projectEnvironment } from "./environment.mjs";
import { installPackages, packagesAreInstalled } from "./packages.mjs";

const OLDEST_NODE = 20;
const ELECTRON_LIMIT_MS = 5 * 60_000;

const root = fileURLToPath(new URL("../..", import.meta.url));
const env = projectEnvironment(root);

/** @typedef {{ command: string, args: string[] }} Door */

/**
 * @param {string} message
 * @returns {never}
 */
function giveUp(message) {
  console.error(message);
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

function bringPackages() {
  if (packagesAreInstalled(root)) return;
  console.log("Installing what Floppy needs (first start only)…");
  const installed = installPackages(root);
  if (!installed.ok) giveUp(explainInstallFailure(installed.output));
}

function bringBuild() {
  if (buildIsCurrent(root)) return;
  console.log("Building Floppy…");
  const built = build(root, env);
  if (!built.ok) giveUp(`${built.output}\nFloppy could not be built.`);
}

function hasDisplay() {
  return process.platform !== "linux" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

function bringElectron() {
  const here = electronProgram(root);
  if (here) return here;
  console.log("Downloading Electron (first start only)…");
  return downloadElectron(root, env, ELECTRON_LIMIT_MS);
}

/**
 * @param {string} program
 * @returns {Door}
 */
function electronDoor(program) {
  // Chromium's sandbox refuses to work for root.
  const asRoot = process.platform === "linux" && process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return { command: program, args: [...asRoot, root] };
}

/**
 * @param {string[]} options
 * @returns {Door}
 */
function stationDoor(options) {
  return { command: "node", args: [join(root, "out", "main", "station.js"), ...options] };
}

/**
 * The window where there can be one, else the station.
 *
 * @param {string[]} options
 * @returns {Door}
 */
function chooseDoor([first, ...options]) {
  if (first === "--station") return stationDoor(options);
  if (!hasDisplay()) {
    console.log("There is no display here: open the address below in a browser.");
    return stationDoor([]);
  }
  const program = bringElectron();
  if (program) return electronDoor(program);
  console.log("Electron cannot be downloaded here: Floppy opens in the browser instead.");
  return stationDoor(["--open"]);
}

/** @param {Door} door */
function open({ command, args }) {
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

requireNode();
bringPackages();
bringBuild();
open(chooseDoor(process.argv.slice(2)));
