import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Set for every process of one test run, and inherited by whatever they start. */
export const RUN_MARK = "FLOPPY_TEST_RUN";

/** @param {string} file */
function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** @param {string} mark */
function leftProcesses(mark) {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => readIfThere(`/proc/${pid}/environ`).split("\0").includes(`${RUN_MARK}=${mark}`))
    .map((pid) => ({
      pid: Number(pid),
      command: readIfThere(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim(),
    }));
}

/** @param {string} folder */
function leftLoopDevices(folder) {
  return readdirSync("/sys/block")
    .filter((name) => name.startsWith("loop"))
    .map((name) => ({
      device: join("/dev", name),
      file: readIfThere(`/sys/block/${name}/loop/backing_file`).trim(),
    }))
    .filter(({ file }) => file.startsWith(`${folder}/`));
}

/**
 * What the tests left behind: processes that carry the run's mark, loop devices over files in its folder.
 *
 * @param {string} mark
 * @param {string} folder
 */
export function findLeftovers(mark, folder) {
  if (process.platform !== "linux") return { processes: [], loopDevices: [] };
  return { processes: leftProcesses(mark), loopDevices: leftLoopDevices(folder) };
}

/** @param {ReturnType<typeof findLeftovers>} leftovers */
export function describeLeftovers({ processes, loopDevices }) {
  return [
    ...processes.map(({ pid, command }) => `process ${pid}: ${command}`),
    ...loopDevices.map(({ device, file }) => `${device} over ${file}`),
  ];
}

/** @param {ReturnType<typeof findLeftovers>} leftovers */
export function removeLeftovers({ processes, loopDevices }) {
  for (const { pid } of processes) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
  }
  for (const { device } of loopDevices) spawnSync("losetup", ["--detach", device], { stdio: "ignore" });
}
