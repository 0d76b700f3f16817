import { expect, it } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import { DriveTrouble, onDrive } from "../../../../src-main/writer/drive/trouble.ts";

const thrownBy = (error: unknown) => onDrive(() => Promise.reject(error)).catch((thrown: unknown) => thrown);

it("puts a call of the system that failed on a drive in an envelope, with its number", async () => {
  const failed = Object.assign(new Error("EIO: read"), { code: "EIO" });
  expect(await thrownBy(failed)).toMatchObject({ name: "DriveTrouble", code: "EIO", cause: failed });
});

it("passes on what was said in words before, and what has no number", async () => {
  for (const error of [
    new FloppyError("DRIVE_BUSY", "", ""),
    new DriveTrouble("EIO", ""),
    new TypeError("odd"),
  ])
    expect(await thrownBy(error)).toBe(error);
});
