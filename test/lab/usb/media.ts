/** Cards and sticks of the machine: raw files here, put in, pulled and exchanged while it runs. */
import { createHash } from "node:crypto";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../../support/random.ts";
import { poll } from "../qemu.ts";
import type { Monitor } from "../qmp.ts";
import { mediumNode, type Reader, readerDevices, stickDevice } from "./devices.ts";
import { deviceOf, PACE, type SD, type Slot } from "./hardware.ts";

/** How fast all media together are, in bytes a second and in commands a second; nothing is: as fast as it goes. */
export type Pace = Partial<Record<"bps-write" | "bps-read" | "iops-write" | "iops-read", number>>;

export type Medium = { name: string; file: string };

/** Bytes that went to a drive and came from it since the machine began. */
export type Traffic = { written: number; read: number };

const PATIENCE_MS = 30_000;
const LOOK_MS = 10;
const NO_PACE: Required<Pace> = { "bps-write": 0, "bps-read": 0, "iops-write": 0, "iops-read": 0 };

/** A card or stick that holds noise, another each time. */
export async function makeMedium(
  folder: string,
  name: string,
  bytes: number,
  random: Random,
): Promise<Medium> {
  const file = join(folder, `${name}.img`);
  await writeFile(file, random.fill(Buffer.alloc(bytes)));
  return { name, file };
}

export async function hashOf(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

export async function readFrom(file: string, offset: number, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    return (await handle.read(Buffer.alloc(length), 0, length, offset)).buffer;
  } finally {
    await handle.close();
  }
}

/** A slot of the machine, or one of a reader that was plugged with cards in it, by the card it came with. */
type SlotName = Slot | typeof SD | `first-${string}`;

export function createHands({ run }: Monitor) {
  const add = ({ name, file }: Medium) => run("blockdev-add", mediumNode(name, file));
  /** QEMU lets go of what was pulled a moment after it is gone. */
  const forget = (node: string) =>
    poll(
      `${node} to be let go`,
      () =>
        run("blockdev-del", { "node-name": node }).then(
          () => true,
          () => null,
        ),
      AbortSignal.timeout(PATIENCE_MS),
    );
  const plugged = new Set<Medium>();
  let asking: Promise<BlockStats[]> | null = null;
  const hands = {
    async plug(medium: Medium, port: number, serial: string | null) {
      await add(medium);
      await run("device_add", stickDevice(medium.name, port, serial));
      plugged.add(medium);
    },
    async plugReader(reader: Reader) {
      for (const device of readerDevices(reader)) await run("device_add", device);
      await run("qom-set", { path: `/machine/peripheral/${reader.id}`, property: "attached", value: true });
    },
    /** A reader with a card in each of its slots, which go by the names of those cards. */
    async plugFilledReader({ cards, ...reader }: Omit<Reader, "slots"> & { cards: Medium[] }) {
      for (const card of cards) await add(card);
      await hands.plugReader({ ...reader, slots: cards.map(({ name }) => name) });
    },
    async pullSticks() {
      for (const medium of plugged) await hands.pull(medium);
    },
    async pull(medium: Medium) {
      plugged.delete(medium);
      await run("device_del", { id: deviceOf(medium.name) });
      await forget(medium.name);
    },
    async insert(slot: SlotName, medium: Medium) {
      await add(medium);
      await run("blockdev-open-tray", { id: deviceOf(slot), force: true });
      await run("blockdev-insert-medium", { id: deviceOf(slot), "node-name": medium.name });
      await run("blockdev-close-tray", { id: deviceOf(slot) });
    },
    async takeOut(slot: SlotName, medium: Medium) {
      await run("blockdev-open-tray", { id: deviceOf(slot), force: true });
      await run("blockdev-remove-medium", { id: deviceOf(slot) });
      await forget(medium.name);
    },
    /** How fast all media together are from now on. */
    pace: (limits: Pace) =>
      run("qom-set", { path: `/objects/${PACE}`, property: "limits", value: { ...NO_PACE, ...limits } }),
    /** Of a slot, or of a stick by its medium. */
    async traffic(drive: string): Promise<Traffic> {
      // Whoever else asks meanwhile shares the answer.
      asking ??= (run("query-blockstats") as Promise<BlockStats[]>).finally(() => {
        asking = null;
      });
      const all = await asking;
      const found = all.find(({ qdev = "" }) => qdev.split("/").includes(deviceOf(drive)));
      if (!found) throw new Error(`There is no drive ${drive}: ${all.map(({ qdev }) => qdev).join(", ")}`);
      return { written: found.stats.wr_bytes, read: found.stats.rd_bytes };
    },
  };
  return hands;
}

/**
 * Waits for the moment when so much went to a drive and came from it since now; false where what goes on was over before.
 */
export async function moment(
  hands: Hands,
  drive: string,
  isReached: (since: Traffic) => boolean,
  goingOn: Promise<unknown>,
): Promise<boolean> {
  const before = await hands.traffic(drive);
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  goingOn.then(end, end);
  while (!isOver) {
    const { written, read } = await hands.traffic(drive);
    if (isReached({ written: written - before.written, read: read - before.read })) return true;
    await delay(LOOK_MS);
  }
  return false;
}

type BlockStats = { qdev?: string; stats: { wr_bytes: number; rd_bytes: number } };

export type Hands = ReturnType<typeof createHands>;
