/** Cards that lie, as block devices that pass for practice drives. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { vi } from "vitest";
import { createBench as createDriveBench, run } from "../../integration/drives/bench.ts";
import type { CardNature } from "./lying-card.ts";

const server = resolve(import.meta.dirname, "lying-card.ts");

export type Card = {
  device: string;
  /** Where its bytes really lie. */
  store: string;
  /** It is pulled: whatever is asked of it from now on fails. */
  pull(): Promise<void>;
};

export function createCardBench() {
  const bench = createDriveBench();

  async function card(nature: Omit<CardNature, "store">, folder = bench.folder()): Promise<Card> {
    const [path, store] = [join(folder, "practice-1.floppy-practice"), join(folder, "store")];
    writeFileSync(path, "");
    const told = JSON.stringify({ ...nature, store } satisfies CardNature);
    const fuse = spawn("nbdfuse", [path, "--command", process.execPath, server, told], {
      stdio: ["ignore", "ignore", "inherit"],
      detached: true,
    });
    bench.later(() => end(fuse, path));
    await vi.waitUntil(() => statSync(path).size === nature.sizeBytes, { timeout: 20_000, interval: 20 });
    const device = run("losetup", "--find", "--show", "--direct-io=on", path);
    bench.later(() => run("losetup", "--detach", device));
    return {
      device,
      store,
      async pull() {
        process.kill(-(fuse.pid ?? 0), "SIGKILL");
        await once(fuse, "exit");
      },
    };
  }

  return { ...bench, card };
}

function end(fuse: ChildProcess, path: string): void {
  spawnSync("umount", ["--lazy", path]);
  if (fuse.exitCode === null && fuse.signalCode === null) process.kill(-(fuse.pid ?? 0), "SIGKILL");
}
