/** What is plugged into the machine while it runs, as QEMU's monitor takes it. */
import { deviceOf, HUB_PORT, PACE, type Slot } from "./hardware.ts";

type Device = Record<string, unknown>;

/** Where a drive is: by the way to it, for its name may be another one each time. */
export type Place = { port: string; lun: number } | "sd";

/** What every reader says of itself, whatever lies in its slots. */
export const READER_SERIAL = "20091118110300000";

export type Reader = { id: string; driver: "usb-uas" | "usb-bot"; port: string; slots: string[] };

/**
 * Four slots behind UAS, and one behind the older protocol: with that, QEMU tells wrong things of all slots but the
 * first, and a kernel notices no exchange in them.
 */
export const readers: Reader[] = [
  { id: "reader", driver: "usb-uas", port: "2", slots: ["slot0", "slot1", "slot2", "slot3"] },
  { id: "old-reader", driver: "usb-bot", port: "4", slots: ["slot4"] },
];

const slotPlaces: Record<Slot, Place> = {
  slot0: { port: "2", lun: 0 },
  slot1: { port: "2", lun: 1 },
  slot2: { port: "2", lun: 2 },
  slot3: { port: "2", lun: 3 },
  slot4: { port: "4", lun: 0 },
};
export const slotPlace = (slot: Slot): Place => slotPlaces[slot];
export const hubPlace = (port: number, lun = 0): Place => ({ port: `${HUB_PORT}.${port}`, lun });

/** The raw file of a medium, held to the pace of all of them. */
export function mediumNode(medium: string, filename: string): Device {
  const file = { driver: "raw", file: { driver: "file", filename } };
  return { driver: "throttle", "node-name": medium, "throttle-group": PACE, file };
}

export function stickDevice(medium: string, port: number, serial: string | null): Device {
  const place = { bus: "usb.0", port: `${HUB_PORT}.${port}` };
  // Without the word, QEMU makes a serial of the port.
  const said = { removable: true, serial: serial ?? "" };
  return { driver: "usb-storage", id: deviceOf(medium), drive: medium, ...place, ...said };
}

/** The reader and its slots; its host learns of it when it is attached. */
export function readerDevices({ id, driver, port, slots }: Reader): Device[] {
  return [
    { driver, id, bus: "usb.0", port, serial: READER_SERIAL },
    ...slots.map((slot, lun) => ({
      ...{ driver: "scsi-hd", id: deviceOf(slot), bus: `${id}.0`, lun, drive: slot, removable: true },
    })),
  ];
}
