import { expect, it } from "vitest";
import type { Notification } from "#contract/api.ts";
import { createForeignChanges } from "#core/devices/foreign-changes.ts";
import { registered } from "#core/devices/register.ts";
import { createFloppy } from "#core/floppy.ts";
import type { OpenRun } from "#core/ports/inventory.ts";
import { interruptRun } from "#core/runs/transitions.ts";
import { endlessWriter, fakeInventory, fakePorts, freshRun } from "../../../support/fake-ports.ts";

const device = registered({
  serial: "FLOPPY-RPI-00009",
  host: "raspberry",
  hostname: "floppy-rpi-00009",
  role: null,
  practice: false,
  at: "2026-01-01T00:00:00.000Z",
});

const standing = ({ run, owner }: OpenRun) => (owner === "dead" ? interruptRun(run) : run);

it("tells each device that another process changed, once", async () => {
  const inventory = fakeInventory();
  const told: Notification[] = [];
  const { look } = await createForeignChanges(inventory, (one) => void told.push(one), standing);
  await inventory.registerDevice(device);
  await look();
  await look();
  expect(told).toEqual([{ event: "device", payload: device }]);
});

it("tells nothing of ten thousand devices that were there before, when another process changes one", async () => {
  const inventory = fakeInventory();
  for (let index = 0; index < 10_000; index += 1)
    await inventory.registerDevice({ ...device, serial: `FLOPPY-RPI-1${String(index).padStart(4, "0")}` });
  const told: Notification[] = [];
  const { look } = await createForeignChanges(inventory, (one) => void told.push(one), standing);
  const payload = await inventory.updateDevice("FLOPPY-RPI-10007", { role: "kiosk" });
  await look();
  expect(told).toEqual([{ event: "device", payload }]);
});

it("tells nothing a second time that this process told of itself", async () => {
  const inventory = fakeInventory();
  const told: Notification[] = [];
  const { look, heard } = await createForeignChanges(inventory, (one) => void told.push(one), standing);
  await inventory.registerDevice(device);
  heard({ event: "device", payload: device });
  await look();
  expect(told).toEqual([]);

  await inventory.removeDevice(device.serial);
  heard({ event: "deviceRemoved", payload: { serial: device.serial } });
  await look();
  expect(told).toEqual([]);
});

it("tells of a device that another process removed, once", async () => {
  const inventory = fakeInventory();
  const told: string[] = [];
  const { look } = await createForeignChanges(inventory, ({ event }) => void told.push(event), standing);
  await inventory.registerDevice(device);
  await look();
  await inventory.removeDevice(device.serial);
  await look();
  await look();
  expect(told).toEqual(["device", "deviceRemoved"]);
});

it("tells of another process's run that its process died", async () => {
  const inventory = fakeInventory();
  const states: string[] = [];
  const { look } = await createForeignChanges(
    inventory,
    (one) => {
      if (one.event === "run") states.push(one.payload.status.state);
    },
    standing,
  );
  await inventory.saveRun(freshRun);
  inventory.owners.set(freshRun.id, "other");
  await look();
  inventory.owners.set(freshRun.id, "dead");
  await look();
  expect(states).toEqual(["running", "interrupted"]);
});

it("follows another process’s run to its end", async () => {
  const writer = endlessWriter();
  const ports = fakePorts({ writer });
  const floppy = await createFloppy(ports);
  const driveKey = "usb-card-1";
  const request = {
    serial: device.serial,
    role: "robot",
    image: { kind: "build" },
    driveKey,
    eraseConfirmed: driveKey,
  };
  const run = await floppy.handlers["runs.start"]({ ...request, image: { kind: "build" } });
  await writer.begun;
  ports.inventory.owners.set(run.id, "other");

  const states: string[] = [];
  const { look } = await createForeignChanges(
    ports.inventory,
    (one) => {
      if (one.event === "run") states.push(one.payload.status.state);
    },
    standing,
  );
  await look();
  await ports.inventory.saveRun({ ...run, status: { state: "done", endedAt: run.startedAt } });
  await look();
  await look();
  expect(states).toEqual(["done"]);
  await floppy.close();
});

it("looks at what changed, however many runs are open, and tells each change once", async () => {
  const inventory = fakeInventory();
  const failed = { state: "failed", phase: "write", endedAt: freshRun.startedAt } as const;
  const error = { code: "DRIVE_IO", message: "", hint: "", details: {} } as const;
  for (let index = 0; index < 1000; index += 1) {
    const id = `open-${index}`;
    inventory.owners.set(id, "other");
    await inventory.saveRun({ ...freshRun, id, serial: `S-${index}`, status: { ...failed, error } });
  }
  const told: Notification[] = [];
  const { look } = await createForeignChanges(inventory, (one) => void told.push(one), standing);
  inventory.openRuns = () => Promise.reject(new Error("all open runs were asked for"));
  inventory.openRun = () => Promise.reject(new Error("a run was asked for that did not change"));
  inventory.owners.set("new", "other");
  const payload = { ...freshRun, id: "new", serial: "S-new", status: { ...failed, error } };
  await inventory.saveRun(payload);
  await look();
  await look();
  expect(told).toEqual([{ event: "run", payload }]);
});

it("notices the death of a run that was under way before anybody looked", async () => {
  const inventory = fakeInventory();
  await inventory.saveRun(freshRun);
  inventory.owners.set(freshRun.id, "other");
  const states: string[] = [];
  const tell = (one: Notification) => void (one.event === "run" && states.push(one.payload.status.state));
  const { look } = await createForeignChanges(inventory, tell, standing);
  await look();
  expect(states).toEqual([]);
  inventory.owners.set(freshRun.id, "dead");
  await look();
  await look();
  expect(states).toEqual(["interrupted"]);
});
