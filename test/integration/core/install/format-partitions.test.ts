import { afterEach, expect, it } from "vitest";
import { partitionCommands, partitionName } from "#core/install/disk-commands.ts";
import { signaturesAtTheEnd } from "../../../support/media/signatures.ts";
import { flakeLayout, samsung } from "../../../unit/core/install/machine.ts";
import { createBench, MIB, run } from "../../drives/bench.ts";

const bench = createBench();
afterEach(bench.clear);

/** As the plan's command does it, on another device. */
function format(index: number, device: string): void {
  const label = flakeLayout.partitions[index]?.label;
  const planned = partitionCommands(flakeLayout, samsung).find(
    ({ purpose }) => purpose === `Format ${label}`,
  );
  run("sh", "-c", planned?.command.replaceAll(partitionName(samsung, index), device) ?? "false");
}

it.each([
  [0, "vfat"],
  [1, "btrfs"],
])(
  "partition %d of an installed disk is signed as %s, and by nothing that lay there before",
  (index, type) => {
    for (const { name, sign } of signaturesAtTheEnd) {
      const device = bench.drive(512 * MIB);
      sign(device);
      format(index, device);
      const found = run("wipefs", "--no-act", "--noheadings", "--output", "TYPE", device).split("\n");
      expect(
        [...new Set(found)].filter((one) => one !== "dos"),
        name,
      ).toEqual([type]);
    }
  },
);
