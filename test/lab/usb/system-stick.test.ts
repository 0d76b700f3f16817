/** A machine that runs from a stick: that one is not offered, and not written when it is named. */
import { expect, it } from "vitest";
import { chooseSeed } from "../../support/random.ts";
import { setUpBench } from "./bench.ts";
import { hubPlace } from "./devices.ts";
import { makeMedium } from "./media.ts";

const MIB = 1024 ** 2;
const bench = setUpBench(chooseSeed(), "usb");

it("the stick that the system runs from is never offered, another one beside it is", async () => {
  const medium = await makeMedium(bench.folder, "other", 16 * MIB, bench.random);
  await bench.hands().plug(medium, 1, null);
  const path = await bench.seen(hubPlace(1), medium);
  const drives = await bench.drives();
  expect(drives.map(({ identity }) => identity.path)).toEqual([path]);
  const { stdout: root } = await bench
    .guest()
    .run("lsblk --noheadings --paths --output PKNAME $(findmnt --noheadings --output SOURCE /)");
  expect(root).toMatch(/^\/dev\/sd[a-z]$/);
  const { code, error } = await bench.floppy("drives", "restore", root, "--yes");
  expect({ code, error }).toMatchObject({ code: 5, error: { code: "DRIVE_GONE" } });
});
