// `npm start`: installs what is missing, builds what changed, and opens Floppy.
import { join } from "node:path";
import { downloadElectron, electronProgram } from "./electron.mjs";
import { bringProgram, env, open, root } from "./program.mjs";

const ELECTRON_LIMIT_MS = 5 * 60_000;

/** @typedef {import("./program.mjs").Door} Door */

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

bringProgram();
open(chooseDoor(process.argv.slice(2)));
