import { expect, test } from "vitest";
import { createScanner } from "../../../../src-renderer/stores/scanner.ts";

/** Types the keys with the same pause between them; the last answer is returned. */
function type(keys: string[], pauseMs: number): string | null {
  const scanner = createScanner();
  return keys.map((key, index) => scanner.press(key, 1000 + index * pauseMs)).at(-1) ?? null;
}

const serial = [..."FLOPPY-RPI-00041", "Enter"];

test("a fast burst that ends with Enter is a scan", () => {
  expect(type(serial, 8)).toBe("FLOPPY-RPI-00041");
});

test("a person's typing is not", () => {
  expect(type(serial, 90)).toBeNull();
});

test("shift keys between the letters do not disturb it", () => {
  expect(
    type(
      serial.flatMap((key) => (key === "Enter" ? [key] : ["Shift", key])),
      4,
    ),
  ).toBe("FLOPPY-RPI-00041");
});

test("a lone Enter and a short burst are keys like any other", () => {
  expect(type(["Enter"], 5)).toBeNull();
  expect(type(["a", "b", "Enter"], 5)).toBeNull();
});
