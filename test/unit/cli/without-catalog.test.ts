/** A flake may take minutes to answer, or never do: what does not go by its catalog does not ask for it. */
import { expect, it } from "vitest";
import type { Catalogs } from "#core/ports/images.ts";
import { fakePorts, freshRun } from "../../support/fake-ports.ts";
import { commandLine } from "./fake-world.ts";

function silentFlake() {
  let asked = 0;
  const catalogs: Catalogs = {
    ...fakePorts().catalogs,
    load() {
      asked += 1;
      return new Promise(() => undefined);
    },
  };
  return { catalogs, asked: () => asked };
}

it.each([
  ["drives"],
  ["drives", "test", "usb-card-1"],
  ["drives", "save", "usb-card-1", "/tmp/card.img"],
  ["drives", "restore", "usb-card-1", "--yes"],
  ["devices", "list"],
  ["devices", "show", freshRun.serial],
  ["log", freshRun.serial],
  ["images"],
  ["provision", "flash", "--image", "/images/card.img", "--drive", "usb-card-1", "--yes"],
])("floppy %s", async (...command) => {
  const flake = silentFlake();
  const cli = commandLine({ ports: { catalogs: flake.catalogs } });
  await cli.ports.inventory.registerDevice({
    serial: freshRun.serial,
    host: freshRun.host,
    hostname: "floppy-rpi-00001",
    role: freshRun.role,
    status: { state: "registered" },
    hostKey: null,
    lastRunId: null,
    practice: false,
    createdAt: freshRun.startedAt,
    updatedAt: freshRun.startedAt,
  });
  await cli.ports.inventory.saveRun({ ...freshRun, status: { state: "done", endedAt: freshRun.startedAt } });
  expect(await cli.run(...command), cli.written.stderr).toBe(0);
  expect(flake.asked()).toBe(0);
});
