/** The whole way of a laptop, in machines that boot: from the stick that Floppy wrote to the device that confirms itself. */
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createRemote } from "#adapters/ssh/remote.ts";
import { createVault } from "#adapters/vault.ts";
import type { PhaseName, Run } from "#contract/runs.ts";
import { freePort, startSshd } from "../support/ssh/sshd.ts";
import { emptyDisk, usedDisk } from "./bench.ts";
import { attend, type Bench, createFloppyBench, isAt, type Opened, serial } from "./floppy.ts";
import { restoreTarget, type Snapshot, startTarget, type Target } from "./target.ts";

const MEBIBYTE = 1024 ** 2;
const OWN = "D-0001";
const OTHER = "D-0002";
const never = new AbortController().signal;

let bench: Bench;
/** The laptop, started from the stick, before anybody spoke to it. */
let booted: Snapshot;
let target: Target;
let opened: Opened;

beforeAll(async () => {
  bench = await createFloppyBench();
  const own = await usedDisk(join(bench.folder, "own.img"), 8);
  const other = await emptyDisk(join(bench.folder, "other.img"), 6);
  const disks = [
    { path: own, bus: "ahci" as const, serial: OWN, model: "Lab Disk" },
    { path: other, bus: "ahci" as const, serial: OTHER, model: "Other Disk" },
  ];
  const fresh = await startTarget({ stick: bench.stick, disks });
  await fresh.greets();
  booted = await fresh.save();
}, 300_000);

afterAll(async () => {
  await booted?.remove();
  await bench?.remove();
});

afterEach(async () => {
  await opened?.close();
  await target?.stop();
});

async function begin(change = {}): Promise<void> {
  target = await restoreTarget(booted);
  opened = await bench.open(change);
}

const follow = (phases: PhaseName[] | null = null) =>
  opened.floppy.handlers["runs.follow"]({ runId: bench.runId, phases });

const aim = () =>
  opened.floppy.handlers["runs.aim"]({ runId: bench.runId, address: `127.0.0.1:${target.sshPort()}` });

/** Runs a command on the live system, by the run's own key. */
async function onTarget(script: string): Promise<string> {
  const secrets = await createVault({ folder: join(opened.dataFolder, "secrets") }).load(bench.runId);
  if (!secrets) throw new Error("the run keeps no keys");
  const session = await createRemote().connect(
    { host: "127.0.0.1", port: target.sshPort() },
    { hostKey: secrets.hostKey.publicKey, privateKey: secrets.runKey.privateKey, user: "root" },
    never,
  );
  const { stdout } = await session.run({ argv: ["sh", "-c", script], timeoutMs: 60_000 }, never);
  session.close();
  return stdout;
}

const fault = (name: string) => onTarget(`mkdir -p /run/floppy-lab; echo ${name} > /run/floppy-lab/fault`);
const untouched = async (index: number) => {
  const file = join(bench.folder, "copy.img");
  await target.copyDisk(index, file);
  const { stdout } = await execa("cmp", ["--bytes", String(MEBIBYTE), file, "/dev/zero"], { reject: false });
  return stdout === "";
};

function expectDone(run: Run): void {
  // The whole status is shown where it is another.
  expect(run.status).toEqual({ state: "done", endedAt: expect.any(String) });
}

describe("a laptop that was booted from its stick", () => {
  it("becomes the device that was meant, on the disk that was chosen, and leaves no secret on the stick", async () => {
    await begin();
    attend(opened, target, OWN);
    await follow();
    const run = await opened.ended();
    expectDone(run);
    console.log(run.phases.map((p)=>p.name+" "+(p.status.state==="done"?(Date.parse(p.status.endedAt)-Date.parse(p.status.startedAt))/1000+" "+p.status.summary:p.status.state)).join("\n"));
    const { device } = await opened.floppy.handlers["devices.show"]({ serial });
    expect(device.status.state).toBe("provisioned");
    expect(await untouched(1)).toBe(true);

    const disk = join(bench.folder, "disk.img");
    await target.copyDisk(0, disk);
    const { stdout: table } = await execa("sgdisk", ["--print", disk]);
    expect(table).toMatch(/512\.0 MiB\s+EF00\s+floppy-esp/);
    expect(table).toMatch(/8300\s+floppy-root/);
    const files = await execa("mdir", ["-b", "-s", "-i", `${disk}@@1M`, "::"]);
    expect(files.stdout).toMatch(/loader\/entries\/.*\.conf/i);

    const stick = join(bench.folder, "stick-after.img");
    await target.copyStick(stick);
    const offset = (await partitionsOf(stick)).at(-1) ?? 0;
    const left = await execa("mdir", ["-b", "-i", `${stick}@@${offset}`, "::floppy"]);
    expect(left.stdout).toContain("identity.json");
    expect(left.stdout).not.toContain("ed25519");
  });

  it("is not touched where another machine answers at its address", async () => {
    await begin();
    const stranger = await startSshd();
    await follow();
    await opened.until("the boot question", isAt("boot"));
    await opened.floppy.handlers["runs.aim"]({
      runId: bench.runId,
      address: `127.0.0.1:${stranger.address.port}`,
    });
    const { status } = await opened.ended();
    expect(status).toMatchObject({ phase: "reach", error: { code: "HOST_KEY_WRONG" } });
    await stranger.stop();
  });

  it("is said not to answer where nothing listens", async () => {
    await begin({ reachMs: 1000 });
    await follow();
    await opened.until("the boot question", isAt("boot"));
    const address = `127.0.0.1:${await freePort()}`;
    await opened.floppy.handlers["runs.aim"]({ runId: bench.runId, address });
    expect((await opened.ended()).status).toMatchObject({ error: { code: "TARGET_UNREACHABLE" } });
  });
});

describe("a cable that is pulled", () => {
  it.each(["partition", "install"] as const)(
    "in the phase %s is waited for, and nothing is lost",
    async (phase) => {
      await begin();
      attend(opened, target, OWN);
      await follow();
      await opened.until(phase, isAt(phase));
      await target.network("down");
      await opened.until("the loss", (run) => run.status.state === "running" && isAt(phase)(run));
      await target.network("up");
      expectDone(await opened.ended());
    },
  );
});

describe("power that goes", () => {
  it.each(["partition", "install"] as const)(
    "in the phase %s is survived: booted from the stick again, the run goes on",
    async (phase) => {
      await begin();
      attend(opened, target, OWN);
      await follow();
      await opened.until(phase, isAt(phase));
      await target.powerCut();
      await target.powerOn({ bootFrom: "stick" });
      await aim();
      await opened.until(
        "mounting or partitioning again",
        (run) => isAt("configure")(run) || isAt("install")(run),
      );
      await opened.until("the restart", (run) => isAt("reboot")(run) || isAt("confirm")(run));
      await target.powerCut();
      await target.powerOn({ bootFrom: "disk" });
      await aim();
      expectDone(await opened.ended());
    },
  );
});

describe("an installer that fails", () => {
  it("halfway stops the run, which goes on there once the cause is mended", async () => {
    await begin();
    await fault("half");
    attend(opened, target, OWN);
    await follow();
    expect((await opened.ended()).status).toMatchObject({
      phase: "install",
      error: { code: "INSTALL_FAILED" },
    });
    await onTarget("rm /run/floppy-lab/fault");
    await follow();
    expectDone(await opened.ended());
  });

  it("over the boot loader, and says that all is well, is not believed: the machine is not restarted", async () => {
    await begin();
    await fault("bootloader");
    attend(opened, target, OWN);
    await follow();
    const { status } = await opened.ended();
    expect(status).toMatchObject({ phase: "check", error: { code: "DEVICE_CHECK_FAILED" } });
    expect(await onTarget("cat /etc/os-release")).toContain("installer");
  });

  it("that is killed for want of memory is said so", async () => {
    await begin();
    await fault("memory");
    attend(opened, target, OWN);
    await follow();
    const { status } = await opened.ended();
    expect(status).toMatchObject({ phase: "install", error: { code: "INSTALL_FAILED" } });
  });
});

describe("a machine that does not come back", () => {
  it("is waited for, then said so; when it is switched on by hand the run is confirmed", async () => {
    await begin({ restartMs: 2000 });
    attend(opened, target, OWN);
    await follow();
    await opened.until("the restart", isAt("confirm"));
    await target.powerCut();
    expect((await opened.ended()).status).toMatchObject({
      phase: "confirm",
      error: { code: "TARGET_UNREACHABLE" },
    });
    await opened.close();
    await target.powerOn({ bootFrom: "disk" });
  });
});

/** Where the partitions of an image begin, in bytes. */
async function partitionsOf(image: string): Promise<number[]> {
  const { stdout } = await execa("sfdisk", ["--json", image]);
  const { partitiontable } = JSON.parse(stdout);
  return partitiontable.partitions.map(({ start }: { start: number }) => start * 512);
}
