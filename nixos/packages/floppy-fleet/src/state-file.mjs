// Keeps the devices in one JSON file that is whole at every moment, whenever the power goes.
import { open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** @typedef {import("./devices.mjs").Device} Device */

/**
 * A file that cannot be read is put aside, not written over: the devices will report again.
 * @param {string} file
 * @returns {Promise<Device[]>}
 */
export async function readState(file) {
  const content = await readFile(file, "utf8").catch((error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (content === null) return [];
  try {
    const { version, devices } = JSON.parse(content);
    if (version === 1 && Array.isArray(devices)) return devices;
  } catch {
    // Put aside as well.
  }
  await rename(file, `${file}.broken`);
  console.error(
    `${file} could not be read. It is kept as ${file}.broken; devices will be listed as they report.`,
  );
  return [];
}

/** @param {string} path @param {(handle: import("node:fs/promises").FileHandle) => Promise<void>} act */
async function synced(path, flags = "r", act = async (_handle) => {}) {
  const handle = await open(path, flags, 0o600);
  try {
    await act(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Puts the content in the place of the file, in one step, readable by its owner alone.
 * @param {string} file
 * @param {string} content
 */
export async function replaceFile(file, content) {
  await synced(`${file}.new`, "w", (handle) => handle.writeFile(content));
  await rename(`${file}.new`, file);
  await synced(dirname(file));
}

/**
 * One write at a time; whoever asks while one is under way shares the next.
 * @param {string} file
 * @param {() => Device[]} devices
 * @returns {() => Promise<void>} Resolves when what was known at the call is on the disk.
 */
export function stateWriter(file, devices) {
  /** @type {Promise<void>} */
  let writing = Promise.resolve();
  /** @type {Promise<void> | null} */
  let next = null;

  const write = () => {
    next = null;
    return replaceFile(file, JSON.stringify({ version: 1, devices: devices() }));
  };
  return () => {
    if (next) return next;
    next = writing.then(write, write);
    writing = next;
    return next;
  };
}
