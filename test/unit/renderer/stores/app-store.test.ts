import { expect, test, vi } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import { bench, deviceOf } from "../../../support/renderer/bench-data.ts";
import { cardRun } from "../../../support/renderer/bench-runs.ts";
import { openStores } from "../../../support/renderer/stores-double.ts";

test("notifications keep the snapshot current", async () => {
  const { double, stores } = await openStores();
  double.emit({ event: "drives", payload: [] });
  double.emit({ event: "run", payload: cardRun() });
  double.emit({
    event: "device",
    payload: deviceOf("FLOPPY-DEL-00007", "dell", "lab", { state: "registered" }),
  });
  const { drives, runs, devices } = stores.app.app();
  expect(drives).toEqual([]);
  expect(runs.map((run) => run.id)).toEqual(["run-FLOPPY-RPI-00041"]);
  expect(devices).toHaveLength(3);
  expect(devices.find((device) => device.serial === "FLOPPY-DEL-00007")?.role).toBe("lab");
});

test("what arrives while the snapshot is on its way is not lost", async () => {
  const { double, stores } = await openStores();
  double.handlers["app.state"] = async () => {
    double.emit({ event: "drives", payload: [] });
    return bench();
  };
  await stores.app.load();
  expect(stores.app.app().drives).toEqual([]);
});

test("a lost connection is said, what was known stays, and reconnecting reads it anew", async () => {
  const { double, stores, connection } = await openStores();
  connection("lost");
  expect(stores.app.getState()).toMatchObject({ state: "ready", connection: "lost" });
  double.handlers["app.state"] = async () => ({ ...bench(), drives: [] });
  connection("open");
  await vi.waitFor(() => expect(stores.app.getState()).toMatchObject({ connection: "open" }));
  expect(stores.app.app().drives).toEqual([]);
});

test("without a first snapshot the window says why", async () => {
  const { double, stores } = await openStores();
  stores.app.setState({ state: "loading" }, true);
  double.handlers["app.state"] = async () => {
    throw new FloppyError("INVENTORY_LOCKED", "Locked.", "Nothing was changed.");
  };
  await stores.app.load();
  expect(stores.app.getState()).toMatchObject({ state: "unavailable", error: { code: "INVENTORY_LOCKED" } });
});

test("one snapshot is read, however many ask for it while it is on its way", async () => {
  const { double, stores, connection } = await openStores();
  const before = double.asked.filter(({ name }) => name === "app.state").length;
  connection("open");
  await Promise.all([stores.app.load(), stores.app.load()]);
  expect(double.asked.filter(({ name }) => name === "app.state")).toHaveLength(before + 1);
});

test("who is signed out sees nothing more of what was known", async () => {
  const { double, stores, connection } = await openStores();
  double.handlers["app.state"] = async () => {
    throw new FloppyError("UNAUTHORIZED", "This browser is not let in.", "Open a new address.");
  };
  connection("refused");
  await vi.waitFor(() =>
    expect(stores.app.getState()).toMatchObject({ state: "unavailable", error: { code: "UNAUTHORIZED" } }),
  );
});
