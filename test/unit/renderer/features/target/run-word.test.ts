import { expect, test } from "vitest";
import { machinesUnderWay, runWord } from "../../../../../src-renderer/features/target/run-word.ts";
import {
  atBoot,
  atDisk,
  atReach,
  cardRun,
  installFailed,
  partitioning,
  preparing,
  pushing,
  transferring,
} from "../../../../support/renderer/bench-runs.ts";

test.each([
  [atDisk(), "look", "waits for its disk"],
  [atBoot(), "look", "waits to be booted"],
  [atReach(), "running", "reaching its machine"],
  [preparing(), "running", "building its system"],
  [partitioning(), "running", "laying out its disk"],
  [pushing(0.4), "running", "installing 40 %"],
  [transferring(cardRun(), "write", 0.4), "running", "write 40 %"],
])("%#: a run is told in a word", (run, tone, word) => {
  expect(runWord(run)).toEqual({ tone, word });
});

test("of many machines those come first that wait for a person, a disk before a boot, by serial", () => {
  const runs = [
    { ...pushing(0.4), serial: "FLOPPY-DEL-00001" },
    { ...atBoot(), serial: "FLOPPY-DEL-00002" },
    { ...atDisk(), serial: "FLOPPY-DEL-00004" },
    { ...atDisk(), serial: "FLOPPY-DEL-00003" },
    transferring(cardRun(), "write", 0.4),
    installFailed(),
  ];
  expect(machinesUnderWay(runs).map(({ serial }) => serial.slice(-1))).toEqual(["3", "4", "2", "1"]);
});
