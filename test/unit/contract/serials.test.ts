import { expect, test } from "vitest";
import { batchSerials, firstFree, nextSerial, nextUnwritten } from "#contract/serials.ts";
import { deviceOf } from "../../support/renderer/bench-data.ts";

const flashed = (serial: string) => deviceOf(serial, "raspberry", "robot", { state: "flashed" });
const registered = (serial: string, role: string | null = null) =>
  deviceOf(serial, "raspberry", role, { state: "registered" });

test("the next serial keeps its width", () => {
  expect(nextSerial("FLOPPY-RPI-00041")).toBe("FLOPPY-RPI-00042");
  expect(nextSerial("FLOPPY-RPI-00099")).toBe("FLOPPY-RPI-00100");
  expect(nextSerial("FLOPPY-RPI-99999")).toBeNull();
  expect(nextSerial("FLOPPY-RPI")).toBeNull();
});

test("devices that have a medium are passed over, registered ones are not", () => {
  const devices = [flashed("FLOPPY-RPI-00042"), registered("FLOPPY-RPI-00043")];
  expect(nextUnwritten("FLOPPY-RPI-00041", devices)).toBe("FLOPPY-RPI-00043");
});

test("a device whose medium is being written right now is passed over", () => {
  const writing = deviceOf("FLOPPY-RPI-00042", "raspberry", "robot", { state: "writing" });
  expect(nextUnwritten("FLOPPY-RPI-00041", [writing])).toBe("FLOPPY-RPI-00043");
});

test.each(["awaited", "installing", "provisioned"] as const)(
  "a stick’s device that is %s is passed over",
  (state) => {
    const devices = [deviceOf("FLOPPY-DEL-00008", "dell", "dev", { state })];
    expect(nextUnwritten("FLOPPY-DEL-00007", devices)).toBe("FLOPPY-DEL-00009");
  },
);

test("a batch's serials come in order, past what has a medium or waits for another role", () => {
  const devices = [
    flashed("FLOPPY-RPI-00002"),
    registered("FLOPPY-RPI-00003", "robot"),
    registered("FLOPPY-RPI-00004", "lab"),
    registered("FLOPPY-RPI-00005"),
  ];
  expect(batchSerials("FLOPPY-RPI-00001", 4, { devices, role: "robot" })).toEqual([
    "FLOPPY-RPI-00001",
    "FLOPPY-RPI-00003",
    "FLOPPY-RPI-00005",
    "FLOPPY-RPI-00006",
  ]);
});

test("a batch never begins with a serial that has a medium", () => {
  const devices = [flashed("FLOPPY-RPI-00001")];
  expect(batchSerials("FLOPPY-RPI-00001", 1, { devices, role: "robot" })).toEqual(["FLOPPY-RPI-00002"]);
});

test("a batch that runs past the last number has fewer serials than were asked for", () => {
  expect(batchSerials("FLOPPY-RPI-99998", 3, { devices: [], role: "robot" })).toEqual([
    "FLOPPY-RPI-99998",
    "FLOPPY-RPI-99999",
  ]);
});

test("the first free serial of a prefix comes after the highest", () => {
  expect(firstFree("RPI", [flashed("FLOPPY-RPI-00010"), flashed("FLOPPY-RPI-00009")])).toBe(
    "FLOPPY-RPI-00011",
  );
  expect(firstFree("DEL", [])).toBe("FLOPPY-DEL-00001");
});
