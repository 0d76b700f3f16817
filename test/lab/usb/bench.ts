/** What the tests of a file share: a running machine, hands that plug drives, and Floppy's command in it. */
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { Drive } from "#contract/drives.ts";
import type { ErrorData } from "#contract/errors.ts";
import { createRandom, type Random } from "../../support/random.ts";
import { type Place, readers } from "./devices.ts";
import { type Guest, startGuest } from "./guest.ts";
import type { RootBus } from "./hardware.ts";
import { createHands, type Hands, type Medium } from "./media.ts";

/** What a machine is told by the command: its objects, the last one's error, and how it ended. */
export type Told = {
  code: number | undefined;
  objects: Record<string, unknown>[];
  error: ErrorData | null;
  stderr: string;
};

export type Bench = {
  folder: string;
  random: Random;
  guest(): Guest;
  hands(): Hands;
  /** `floppy … --json` in the machine. */
  floppy(...args: string[]): Promise<Told>;
  drives(): Promise<Drive[]>;
  /** The path of the drive there, once the machine takes it for as large as that medium. */
  notices(place: Place, medium: Medium): Promise<string>;
  /** The same, once nobody there looks at it any more. */
  seen(place: Place, medium: Medium): Promise<string>;
  /** A file from here, at that path in the machine. */
  put(file: string, path: string): Promise<void>;
};

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function linkTo(place: Place): string {
  if (place === "sd") return "/dev/mmcblk0";
  return `/dev/disk/by-path/*-usb-0:${place.port}:1.0-scsi-0:0:0:${place.lun}`;
}

function told(stdout: string, stderr: string, code: number | undefined): Told {
  const objects = stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  const last = objects.at(-1);
  return { code, objects, error: last?.event === "error" ? last : null, stderr };
}

/** A seed gives the same media and moments again. */
export function setUpBench(seed: number, bus: RootBus = "virtio"): Bench {
  let guest: Guest;
  let hands: Hands;
  const bench: Bench = {
    folder: "",
    random: createRandom(seed),
    guest: () => guest,
    hands: () => hands,
    async floppy(...args) {
      const { stdout, stderr, exitCode } = await guest.run(
        ["floppy", ...args, "--json"].map(quote).join(" "),
      );
      return told(stdout, stderr, exitCode);
    },
    async drives() {
      const { objects, stderr } = await bench.floppy("drives");
      const drives = objects.at(-1)?.drives as Drive[] | undefined;
      if (!drives) throw new Error(`The drives were not told: ${stderr}`);
      return drives;
    },
    async notices(place, { file }) {
      const bytes = (await stat(file)).size;
      // The controller is put away in the memory that a machine begins from.
      if (place === "sd") await guest.run("echo 1 > /sys/bus/pci/rescan");
      const look = `[ "$(blockdev --getsize64 ${linkTo(place)} 2>/dev/null)" = ${bytes} ]`;
      const { stdout } = await guest.run(`until ${look}; do sleep 0.1; done; readlink -f ${linkTo(place)}`);
      return stdout;
    },
    async seen(place, medium) {
      const path = await bench.notices(place, medium);
      await guest.run("udevadm settle");
      return path;
    },
    async put(file, path) {
      await guest.run(`cat > ${quote(path)}`, await readFile(file));
    },
  };
  beforeAll(async () => {
    bench.folder = await mkdtemp(join(tmpdir(), "floppy-usb-bench-"));
    guest = await startGuest(bus);
    hands = createHands(guest.monitor);
    for (const reader of readers) await hands.plugReader(reader);
  });
  afterAll(async () => {
    await guest?.stop();
    await rm(bench.folder, { recursive: true, force: true });
  });
  return bench;
}
