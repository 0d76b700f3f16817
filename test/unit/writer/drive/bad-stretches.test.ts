import { expect, it } from "vitest";
import { BadStretches } from "../../../../src-main/writer/drive/bad-stretches.ts";

const MIB = 1024 ** 2;

it("names the first stretch that is bad, however they come, and how much is", () => {
  const bad = new BadStretches();
  bad.add(9 * MIB, MIB, true);
  bad.add(3 * MIB, MIB, true);
  bad.add(4 * MIB, 2 * MIB, false);
  expect(() => bad.refuse("/dev/sdz")).toThrow(
    expect.objectContaining({
      code: "DRIVE_VERIFY_FAILED",
      message: "/dev/sdz does not hold what was written to it, first at 3 MiB: 2 of 4 MiB differ.",
      details: { path: "/dev/sdz", badOffset: 3 * MIB, badBytes: 2 * MIB, checkedBytes: 4 * MIB },
    }),
  );
});

it("refuses nothing where nothing was bad", () => {
  const sound = new BadStretches();
  sound.add(0, MIB, false);
  expect(() => sound.refuse("/dev/sdz")).not.toThrow();
});
