import { describe, expect, it } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import { createFloppy } from "#core/floppy.ts";
import { fakeDrive, fakePorts, freshRun } from "../../../support/fake-ports.ts";

const unreadable = new FloppyError(
  "CATALOG_UNREADABLE",
  "The catalog of the flake path:/mine cannot be read: host 3 (pi): label is missing.",
  "Mend it.",
);
type Floppy = Awaited<ReturnType<typeof createFloppy>>;

const { key } = fakeDrive();
const card = { serial: "FLOPPY-RPI-00001", driveKey: key, eraseConfirmed: key };
const asked = { role: "robot", image: { kind: "file", path: "/images/card.img" } } as const;
const ended = { state: "cancelled", phase: "image", endedAt: "2026-01-01T00:00:00.000Z" } as const;
const never = new AbortController().signal;
const silent = { progress: () => undefined, log: () => undefined };

/** Floppy over a flake whose catalog cannot be read; Floppy's own could be. */
async function blocked() {
  const ports = fakePorts();
  const { load } = ports.catalogs;
  ports.catalogs.load = (flake) => (flake === null ? load(null) : Promise.reject(unreadable));
  ports.stored = { ...ports.stored, flake: "path:/mine" };
  return { ports, floppy: await createFloppy(ports) };
}

describe("while the catalog of the flake in Settings cannot be read", () => {
  const calls = {
    start: (floppy: Floppy) => floppy.handlers["runs.start"]({ ...asked, ...card }),
    startBatch: (floppy: Floppy) => floppy.handlers["runs.startBatch"]({ ...asked, members: [card, card] }),
    identify: (floppy: Floppy) => floppy.handlers["devices.identify"]({ text: card.serial }),
    add: (floppy: Floppy) => floppy.handlers["devices.add"]({ serial: card.serial, role: "robot" }),
    preflight: (floppy: Floppy) => floppy.handlers["images.preflight"]({ host: "raspberry", role: "robot" }),
    obtainImage: (floppy: Floppy) => floppy.obtainImage("raspberry-robot", { kind: "build" }, silent, never),
  };

  it.each(Object.entries(calls))("%s begins nothing, and says which field is wrong", async (_name, call) => {
    const { ports, floppy } = await blocked();
    await expect(call(floppy)).rejects.toBe(unreadable);
    expect(await ports.inventory.devices()).toEqual([]);
    expect(ports.inventory.journal).toEqual([]);
  });

  it("a run of before is not gone on with", async () => {
    const { ports, floppy } = await blocked();
    await ports.inventory.saveRun({ ...freshRun, status: ended });
    const { driveKey, eraseConfirmed } = card;
    const resumed = floppy.handlers["runs.resume"]({ runId: freshRun.id, driveKey, eraseConfirmed });
    await expect(resumed).rejects.toBe(unreadable);
    expect(ports.inventory.journal).toHaveLength(1);
  });

  it("the first screen comes up, and says so", async () => {
    const { floppy } = await blocked();
    await expect(floppy.handlers["app.state"]({})).resolves.toMatchObject({
      catalogSource: { kind: "bundled", reason: unreadable.message },
      problems: [{ code: "CATALOG_UNREADABLE", message: unreadable.message }],
    });
  });

  it("a device of the inventory can be looked at", async () => {
    const { ports, floppy } = await blocked();
    await ports.inventory.registerDevice({
      serial: card.serial,
      host: "raspberry",
      hostname: "floppy-rpi-00001",
      role: null,
      status: { state: "registered" },
      hostKey: null,
      lastRunId: null,
      practice: false,
      createdAt: "2026-01-01T00:00:00.000Z",
      updatedAt: "2026-01-01T00:00:00.000Z",
    });
    const shown = floppy.handlers["devices.show"]({ serial: card.serial.toLowerCase() });
    await expect(shown).resolves.toMatchObject({ device: { serial: card.serial } });
  });
});
