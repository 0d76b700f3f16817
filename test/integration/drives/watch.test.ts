import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { EventEmitter } from "node:stream";
import { afterEach, expect, it } from "vitest";
import { createDrives } from "#adapters/drives/drives.ts";
import type { Drive } from "#contract/drives.ts";
import { announcePartitions, createBench, MIB, run } from "./bench.ts";

const bench = createBench();
afterEach(bench.clear);

/** A watched folder with one practice file; `until` waits for the list in which that drive is as described. */
function watched() {
  const folder = bench.folder();
  const file = bench.file(join(folder, "practice-1.floppy-practice"), 32 * MIB, { partitioned: true });
  const heard = new EventEmitter();
  const lists: Drive[][] = [];
  const stop = createDrives({ practiceFolder: folder }).watch((drives) => {
    lists.push(drives);
    heard.emit("list");
  });
  bench.later(stop);
  async function until(described: (drive: Drive) => boolean): Promise<Drive> {
    for (;;) {
      while (lists.length === 0) await once(heard, "list");
      const drive = lists.shift()?.find((candidate) => candidate.kind === "practice");
      if (drive && described(drive)) return drive;
    }
  }
  return { folder, file, until };
}

const isFile = (drive: Drive) => drive.transport === "file";
const isLoop = (drive: Drive) => drive.transport === "loop";

it("tells of a drive that is plugged, mounted, unmounted and pulled, which keeps its key", async () => {
  const { file, until } = watched();
  await until(isFile);

  const device = bench.attach(file);
  announcePartitions(device);
  const plugged = await until((drive) => drive.volumes.length === 2);
  expect(plugged).toMatchObject({ transport: "loop", identity: { path: device } });

  run("mkfs.ext4", "-q", `${device}p1`);
  const target = bench.folder();
  run("mount", `${device}p1`, target);
  const mounted = await until((drive) => drive.volumes[0]?.mountpoints[0] === target);
  run("umount", target);
  const unmounted = await until((drive) => drive.volumes[0]?.mountpoints.length === 0);

  run("losetup", "--detach", device);
  const pulled = await until(isFile);
  expect(new Set([plugged, mounted, unmounted, pulled].map((drive) => drive.key)).size).toBe(1);
});

it("tells of a practice drive that another process makes or removes", async () => {
  const { folder, file, until } = watched();
  await until(isFile);
  rmSync(file);
  bench.file(join(folder, "practice-2.floppy-practice"), 32 * MIB);
  expect(await until((drive) => drive.key === "practice:2")).toMatchObject({ name: "Practice drive 2" });
});

it("tells within a second of the plug", async () => {
  const { file, until } = watched();
  await until(isFile);
  const times: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const plugged = performance.now();
    const device = run("losetup", "--find", "--show", file);
    await until(isLoop);
    times.push(performance.now() - plugged);
    run("losetup", "--detach", device);
    await until(isFile);
  }
  // The quickest of three: a busy test machine may be late, a slow watch always is.
  expect(Math.min(...times)).toBeLessThan(1000);
});
