import { expect, test } from "vitest";
import { firstFree, nextSerial, nextUnwritten } from "../../../../src-renderer/stores/next-serial.ts";
import { deviceOf } from "../../../support/renderer/bench-data.ts";

const flashed = (serial: string) => deviceOf(serial, "raspberry", "robot", { state: "flashed" });
const registered = (serial: string) => deviceOf(serial, "raspberry", null, { state: "registered" });

test("the next serial keeps its width", () => {
  expect(nextSerial("FLOPPY-RPI-00041")).toBe("FLOPPY-RPI-00042");
  expect(nextSerial("FLOPPY-RPI-00099")).toBe("FLOPPY-RPI-00100");
  expect(nextSerial("FLOPPY-RPI")).toBeNull();
});

test("devices that have a medium are passed over, registered ones are not", () => {
  const devices = [flashed("FLOPPY-RPI-00042"), registered("FLOPPY-RPI-00043")];
  expect(nextUnwritten("FLOPPY-RPI-00041", devices)).toBe("FLOPPY-RPI-00043");
});

test.each(["awaited", "installing", "provisioned"] as const)(
  "a stick’s device that is %s is passed over",
  (state) => {
    const devices = [deviceOf("FLOPPY-DEL-00008", "dell", "dev", { state })];
    expect(nextUnwritten("FLOPPY-DEL-00007", devices)).toBe("FLOPPY-DEL-00009");
  },
);

test("the first free serial of a prefix comes after the highest", () => {
  expect(firstFree("RPI", [flashed("FLOPPY-RPI-00010"), flashed("FLOPPY-RPI-00009")])).toBe(
    "FLOPPY-RPI-00011",
  );
  expect(firstFree("DEL", [])).toBe("FLOPPY-DEL-00001");
});
