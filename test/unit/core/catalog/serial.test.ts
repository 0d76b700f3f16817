import { describe, expect, test } from "vitest";
import { catalog as parser } from "#contract/catalog.ts";
import { parseSerial } from "#core/catalog/serial.ts";
import copy from "../../../../nixos/catalog.json" with { type: "json" };

const catalog = parser.parse(copy);

describe("parseSerial", () => {
  test("gives serial, host and hostname", () => {
    const { serial, host, hostname } = parseSerial(catalog, "FLOPPY-RPI-00001");
    expect([serial, host.name, hostname]).toEqual(["FLOPPY-RPI-00001", "raspberry", "floppy-rpi-00001"]);
  });

  test.each([
    ["typed small", "floppy-del-00042"],
    ["a scanner's line end", "FLOPPY-DEL-00042\r\n"],
    ["a tab before", "\tFLOPPY-DEL-00042"],
    ["framing characters", "\u0002FLOPPY-DEL-00042\u0003"],
    ["a byte order mark and a hard blank", "\ufeff FLOPPY-DEL-00042\u00a0"],
  ])("understands %s", (_, text) => {
    expect(parseSerial(catalog, text).serial).toBe("FLOPPY-DEL-00042");
  });

  test.each([
    "",
    "FLOPPY-RPI-0001",
    "FLOPPY-RPI-000001",
    "FLOPPY-RPI-0000١",
    "FLOPPY RPI 00001",
    "RPI-00001",
    "FLOPPY-RPI-00001 FLOPPY-RPI-00002",
    "FLOPPY-RPI-00001\nFLOPPY-RPI-00002",
  ])("refuses %j, saying what a serial looks like", (text) => {
    expect(() => parseSerial(catalog, text)).toThrow(
      expect.objectContaining({ code: "SERIAL_INVALID", hint: expect.stringContaining("five digits") }),
    );
  });

  test("refuses a prefix that no host has, naming those there are", () => {
    expect(() => parseSerial(catalog, "FLOPPY-ABC-00001")).toThrow(
      expect.objectContaining({
        code: "SERIAL_INVALID",
        message: "No host has the serial prefix ABC.",
        hint: expect.stringMatching(/RPI .*RET .*DEL .*GEN /),
      }),
    );
  });
});
