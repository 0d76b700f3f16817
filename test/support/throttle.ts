/** Makes drives as slow as cards for one process and its children: cgroup v1's blkio throttle. */
import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

const MIB = 1024 ** 2;
const root = "/sys/fs/cgroup/blkio";

export type Throttle = {
  /** Puts a process under the limit; processes it starts from then on are too. */
  add(pid: number): Promise<void>;
  lift(): Promise<void>;
};

/**
 * Limits of each drive, in MiB/s. Only I/O past the page cache is held to them. One group for all drives: a process is
 * in one group only.
 */
export async function throttle(drives: string[], limits: { write: number; read: number }): Promise<Throttle> {
  const group = join(root, `floppy-${drives.map((drive) => basename(drive)).join("-")}-${process.pid}`);
  await mkdir(group);
  for (const drive of drives) {
    const device = (await readFile(`/sys/class/block/${basename(drive)}/dev`, "utf8")).trim();
    await writeFile(join(group, "blkio.throttle.write_bps_device"), `${device} ${limits.write * MIB}`);
    await writeFile(join(group, "blkio.throttle.read_bps_device"), `${device} ${limits.read * MIB}`);
  }
  return {
    add: (pid) => writeFile(join(group, "cgroup.procs"), String(pid)),
    async lift() {
      const pids = (await readFile(join(group, "cgroup.procs"), "utf8")).split("\n").filter(Boolean);
      // One that ended meanwhile is no longer there to be moved.
      for (const pid of pids) await writeFile(join(root, "cgroup.procs"), pid).catch(() => undefined);
      await rmdir(group);
    },
  };
}
