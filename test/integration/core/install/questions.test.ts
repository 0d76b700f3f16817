import { afterEach, describe, expect, it } from "vitest";
import { layoutQuestions } from "#core/install/check-layout.ts";
import { linksCommand, lsblkCommand, readDisks } from "#core/install/read-disks.ts";
import { filesCommand, whoAnswers } from "#core/install/read-facts.ts";
import { samsung } from "../../../unit/core/install/machine.ts";
import { announcePartitions, createBench, MIB, run } from "../../drives/bench.ts";

const bench = createBench();
afterEach(bench.clear);

/** A real drive with two partitions, which the kernel knows. */
function partitioned(): string {
  const drive = bench.drive(64 * MIB);
  run("sh", "-c", `printf '%s\\n' 'label: gpt' 'size=16MiB' 'size=16MiB' | sfdisk --quiet "$1"`, "sh", drive);
  announcePartitions(drive);
  return drive;
}

const ask = ([program = "", ...args]: readonly string[]) => run(program, ...args);

describe("what is asked of a target, asked of this machine's own tools", () => {
  it("lists each disk once, its partitions below it", () => {
    const { blockdevices } = JSON.parse(ask([...lsblkCommand, partitioned()]));
    expect(blockdevices).toHaveLength(1);
    expect(blockdevices[0].children).toHaveLength(2);
  });

  it("is understood as it comes", () => {
    expect(() => readDisks(ask(lsblkCommand), "", 0)).not.toThrow();
    expect(linksCommand.at(-1)).toContain("%f");
  });

  it("tells of one disk's partitions below it", () => {
    const question = layoutQuestions(samsung).partitions;
    const { blockdevices } = JSON.parse(ask([...question.slice(0, -1), partitioned()]));
    expect(blockdevices).toHaveLength(1);
    expect(blockdevices[0].children).toMatchObject([{ type: "part" }, { type: "part" }]);
  });

  it("tells who answers, whatever files there are", () => {
    expect(whoAnswers(ask(filesCommand)).who).toMatchObject({ live: false });
  });
});
