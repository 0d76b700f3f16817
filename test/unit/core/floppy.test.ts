import { expect, it } from "vitest";
import { createFloppy } from "#core/floppy.ts";
import { fakePorts } from "../../support/fake-ports.ts";

function watchedPorts() {
  const watches = { drives: 0, inventory: 0 };
  const ports = fakePorts();
  ports.drives.watch = () => {
    watches.drives += 1;
    return () => (watches.drives -= 1);
  };
  ports.inventory.watch = () => {
    watches.inventory += 1;
    return () => (watches.inventory -= 1);
  };
  return { ports, watches };
}

it("watches drives and inventory once somebody is told, and no longer than it is open", async () => {
  const { ports, watches } = watchedPorts();
  const floppy = await createFloppy(ports);
  await floppy.handlers["devices.list"]({});
  expect(watches).toEqual({ drives: 0, inventory: 0 });
  floppy.subscribe(() => undefined);
  floppy.subscribe(() => undefined);
  expect(watches).toEqual({ drives: 1, inventory: 1 });
  await floppy.close();
  expect(watches).toEqual({ drives: 0, inventory: 0 });
});
