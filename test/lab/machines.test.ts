/** Machines that are not as they should be, and machines side by side. */
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { installationOf, type PhaseName, type Run } from "#contract/runs.ts";
import { emptyDisk } from "./bench.ts";
import { attend, type Bench, createFloppyBench, isAt, type Medium, type Opened, watch } from "./floppy.ts";
import type { Hardware } from "./hardware.ts";
import { isBlank, laptopHardware, OTHER, OWN, runOn } from "./laptop.ts";
import { startTarget, type Target } from "./target.ts";

let bench: Bench;
let opened: Opened;
const targets: Target[] = [];

beforeAll(async () => {
  bench = await createFloppyBench(["FLOPPY-DEL-00001", "FLOPPY-DEL-00002"]);
});
afterAll(() => bench?.remove());
afterEach(async () => {
  await opened?.close();
  for (const target of targets.splice(0)) await target.stop();
});

async function switchOn(hardware: Hardware): Promise<Target> {
  const target = await startTarget(hardware);
  targets.push(target);
  return target;
}

async function begin(change: Partial<Hardware>): Promise<Target> {
  const target = await switchOn({ ...(await laptopHardware(bench)), ...change });
  await target.greets();
  opened = await bench.open();
  return target;
}

const follow = (phases: PhaseName[] | null = null, { runId } = bench.media[0] as Medium) =>
  opened.floppy.handlers["runs.follow"]({ runId, phases });

const phaseOf = (run: Run, name: PhaseName) => run.phases.find((phase) => phase.name === name)?.status.state;
const asksForDisk = (run: Run) =>
  run.phases.some(
    ({ name, status }) =>
      name === "plan" && status.state === "running" && status.progress?.kind === "question",
  );

describe("a machine", () => {
  it("that was started in legacy BIOS mode is not touched, and its person told what to turn on", async () => {
    const target = await begin({ firmware: "bios", bootFrom: "stick" });
    attend(opened.floppy, bench.runId, target, OTHER);
    await follow();
    const { status } = await opened.ended();
    expect(status).toMatchObject({
      phase: "plan",
      error: { code: "TARGET_UNSUITED", message: expect.stringContaining("UEFI") },
    });
    expect(await isBlank(target, 1, join(bench.folder, "copy.img"))).toBe(true);
  });

  it("with too little memory to install is not touched", async () => {
    const target = await begin({ memoryMiB: 880 });
    attend(opened.floppy, bench.runId, target, OTHER);
    await follow();
    const { status } = await opened.ended();
    expect(status).toMatchObject({
      phase: "plan",
      error: { code: "TARGET_UNSUITED", message: expect.stringContaining("memory") },
    });
    expect(await isBlank(target, 1, join(bench.folder, "copy.img"))).toBe(true);
  });

  it("that believes it is 1970 has its clock set; what its disk or memory is too small for is refused", async () => {
    const small = await emptyDisk(join(bench.folder, "small.img"), 2);
    const { disks } = await laptopHardware(bench);
    const target = await begin({
      clock: "1970-01-02T00:00:00",
      disks: [...disks, { path: small, bus: "ahci", serial: "D-0003", model: "Small Disk" }],
    });
    await follow();
    await opened.until("the boot question", isAt("boot"));
    const address = `127.0.0.1:${target.sshPort()}`;
    await opened.floppy.handlers["runs.aim"]({ runId: bench.runId, address });
    const installation = installationOf(await opened.until("the disks", asksForDisk));
    const year = await runOn(target, opened.dataFolder, bench.runId, "date +%Y");
    expect(Number(year)).toBe(new Date().getFullYear());

    const disk = (wanted: string) =>
      installation?.facts?.disks.find(({ identity }) => identity.serial === wanted)?.key ?? "";
    const choose = (diskKey: string, buildPlace: "here" | "target") =>
      opened.floppy.handlers["runs.chooseDisk"]({
        runId: bench.runId,
        diskKey,
        eraseConfirmed: diskKey,
        buildPlace,
      });
    await expect(choose(disk("D-0003"), "here")).rejects.toMatchObject({ code: "TARGET_UNSUITED" });
    await expect(choose(disk(OTHER), "target")).rejects.toMatchObject({
      code: "TARGET_UNSUITED",
      message: expect.stringContaining("memory"),
    });
    for (const index of [1, 2])
      expect(await isBlank(target, index, join(bench.folder, "copy.img"))).toBe(true);
  });
});

it("disks that have changed their names since one was chosen are told apart", async () => {
  const target = await begin({ disks: (await laptopHardware(bench, "usb")).disks });
  const ask = (script: string) => runOn(target, opened.dataFolder, bench.runId, script);
  const names = () => ask("lsblk --nodeps --noheadings --output SERIAL,NAME | grep D-000 | sort");
  attend(opened.floppy, bench.runId, target, OTHER);
  await follow(["boot", "reach", "plan"]);
  await opened.ended();
  const before = await names();
  for (const index of [0, 1]) await target.pullDisk(index);
  for (const index of [1, 0]) {
    await target.plugDisk(index);
    await expect.poll(names, { timeout: 60_000 }).toContain(index === 1 ? OTHER : OWN);
  }
  expect(await names()).not.toBe(before);

  await follow(["partition", "mount"]);
  const run = await opened.until("the mounts", (one) => phaseOf(one, "mount") === "done");
  expect(installationOf(run)?.plan?.disk.identity.serial).toBe(OTHER);
  const labels = await ask("lsblk --noheadings --list --output PARTLABEL /dev/disk/by-id/usb-*D-0001*-0:0");
  expect(labels).toContain("Basic data partition");
  expect(labels).not.toContain("floppy");
  expect(await isBlank(target, 1, join(bench.folder, "copy.img"))).toBe(false);

  // And one that is gone is nobody else's.
  await opened.ended();
  await target.pullDisk(1);
  await follow(["partition"]);
  await opened.until("to go on", ({ status }) => status.state === "running");
  expect((await opened.ended()).status).toMatchObject({
    phase: "partition",
    error: { code: "TARGET_DISK_CHANGED" },
  });
});

it("two laptops at once are installed side by side; one that answers in the other's place is refused", async () => {
  const hardware = await laptopHardware(bench);
  const [first, second] = bench.media as [Medium, Medium];
  const one = await switchOn({ ...hardware, stick: first.stick });
  const two = await switchOn({ ...hardware, stick: second.stick });
  await Promise.all([one.greets(), two.greets()]);
  opened = await bench.open();
  const { floppy } = opened;
  const runs = [watch(floppy, first.runId), watch(floppy, second.runId)] as const;

  await follow(null, first);
  await runs[0].until("the boot question", isAt("boot"));
  await floppy.handlers["runs.aim"]({ runId: first.runId, address: `127.0.0.1:${two.sshPort()}` });
  const { status } = await runs[0].ended();
  expect(status).toMatchObject({
    error: { code: "HOST_KEY_WRONG", message: expect.stringContaining(second.serial) },
  });

  attend(floppy, first.runId, one, OWN);
  attend(floppy, second.runId, two, OTHER);
  const upToMount: PhaseName[] = ["boot", "reach", "plan", "partition", "mount"];
  await Promise.all([follow(upToMount, first), follow(upToMount, second)]);
  await floppy.handlers["runs.aim"]({ runId: first.runId, address: `127.0.0.1:${one.sshPort()}` });
  const mounted = (run: Run) => phaseOf(run, "mount") === "done";
  await Promise.all(runs.map((run) => run.until("the mounts", mounted)));
  const copy = join(bench.folder, "copy.img");
  expect(await isBlank(one, 1, copy)).toBe(true);
  expect(await isBlank(two, 1, copy)).toBe(false);
});
