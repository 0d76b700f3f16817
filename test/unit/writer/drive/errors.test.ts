import { describe, expect, it } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import { driveBusy, driveError } from "../../../../src-main/writer/drive/errors.ts";
import { DriveTrouble } from "../../../../src-main/writer/drive/trouble.ts";

describe("an error number from a drive", () => {
  it.each([
    ["EIO", "DRIVE_IO"],
    ["EUNPLUGGED", "DRIVE_IO"],
    ["ENOSPC", "DRIVE_IO"],
    ["ENODEV", "DRIVE_GONE"],
    ["ENXIO", "DRIVE_GONE"],
    ["ENOMEDIUM", "DRIVE_GONE"],
    ["EROFS", "DRIVE_READ_ONLY"],
    ["EACCES", "WRITER_DENIED"],
    ["EILSEQ", "DRIVE_IO"],
  ])("%s is %s, with what happened kept", (number, code) => {
    expect(driveError(new DriveTrouble(number, `${number}: write`), "/dev/sdb")).toMatchObject({
      code,
      message: expect.stringContaining("/dev/sdb"),
      details: { path: "/dev/sdb", cause: `${number}: write` },
    });
  });

  it("is left as it is where it comes from anything else of this computer", () => {
    const own = new FloppyError("IMAGE_CHANGED", "", "");
    const odd = Object.assign(new Error("ENOSPC: write"), { code: "ENOSPC" });
    expect(driveError(own, "/dev/sdb")).toBe(own);
    expect(driveError(odd, "/dev/sdb")).toBe(odd);
    expect(driveError("text", "/dev/sdb")).toBe("text");
  });
});

describe("a drive in use", () => {
  it("names who uses it where that is known", () => {
    expect(driveBusy("/dev/sdb", ["mkfs (12)", "dm-0"]).message).toBe(
      "/dev/sdb is in use by mkfs (12), dm-0.",
    );
    expect(driveBusy("/dev/sdb", []).message).toBe("/dev/sdb is in use.");
  });
});
