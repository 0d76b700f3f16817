import { describe, expect, it } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import type { HardwareFacts } from "#contract/hardware.ts";
import { installationOf, type PhaseName, type Run } from "#contract/runs.ts";
import { parseHardware } from "#core/install/hardware.ts";
import type { Systems } from "#core/ports/targets.ts";
import { endlessWriter, fakePorts, obedientWriter } from "../../../support/fake-ports.ts";
import { fakeTarget } from "../../../support/fake-target.ts";
import { openRecording, refusal, request } from "../../../support/runs.ts";
import { hardwareAnswer, samsung } from "./machine.ts";

const laptop = { ...request, serial: "FLOPPY-DEL-00001", role: "dev" };

/** A Floppy whose run meets `target`, with a person who gives the address and chooses the disk. */
async function benchWith(
  target: ReturnType<typeof fakeTarget>,
  ports = fakePorts({ remote: target.remote }),
) {
  const recording = await openRecording(ports);
  const { floppy } = recording;
  const asked: string[] = [];
  floppy.subscribe((one) => {
    if (one.event !== "run") return;
    const run = one.payload;
    target.knows.runId = run.id;
    const phase = run.phases.find(({ status }) => status.state === "running");
    if (phase?.status.state !== "running" || phase.status.progress?.kind !== "question") return;
    const mark = `${phase.name} ${phase.status.startedAt}`;
    if (asked.includes(mark)) return;
    asked.push(mark);
    const answer = phase.name === "boot" ? aim(run) : choose(run);
    answer.catch(() => undefined);
  });
  const aim = (run: Run) => floppy.handlers["runs.aim"]({ runId: run.id, address: "192.168.1.47" });
  const choose = (run: Run) =>
    floppy.handlers["runs.chooseDisk"]({
      runId: run.id,
      diskKey: samsung.key,
      eraseConfirmed: samsung.key,
      buildPlace: "here",
    });
  return { ...recording, ports, asked };
}

const count = (lines: string[], word: string) => lines.filter((line) => line.includes(word)).length;
const stateOf = (run: Run, name: PhaseName) => run.phases.find((phase) => phase.name === name)?.status.state;

describe("a run of a stick", () => {
  it("ends with a device that is provisioned", async () => {
    const target = fakeTarget();
    const { floppy, reached, ports } = await benchWith(target);
    const done = reached("done");
    await floppy.handlers["runs.start"](laptop);
    const run = await done;
    expect(run.phases.map(({ status }) => status.state)).toEqual(run.phases.map(() => "done"));
    expect((await ports.inventory.device(laptop.serial))?.status.state).toBe("provisioned");
    await floppy.close();
  });

  it("moves the device from a stick that waits, through installing", async () => {
    const { floppy, reached, payloads } = await benchWith(fakeTarget());
    const done = reached("done");
    await floppy.handlers["runs.start"](laptop);
    await done;
    await floppy.close();
    expect([...new Set(payloads("device").map(({ status }) => status.state))]).toEqual([
      "registered",
      "building",
      "writing",
      "verifying",
      "awaited",
      "installing",
      "provisioned",
    ]);
  });

  it("erases nothing before the system to install is there", async () => {
    const target = fakeTarget();
    const ports = fakePorts({ remote: target.remote });
    ports.systems = {
      ...ports.systems,
      build: () => Promise.reject(new FloppyError("NIX_BUILD_FAILED", "No.", "Nothing was written.")),
    };
    const { floppy, reached } = await benchWith(target, ports);
    const failed = reached("failed");
    await floppy.handlers["runs.start"](laptop);
    expect((await failed).status).toMatchObject({ phase: "plan", error: { code: "NIX_BUILD_FAILED" } });
    expect(count(target.lines, "wipefs")).toBe(0);
    await floppy.close();
  });

  it("keeps its keys while it may go on, and forgets them when it is over", async () => {
    const target = fakeTarget((line) => (line.includes("mkfs.btrfs") ? { exitCode: 1 } : null));
    const { floppy, reached, ports } = await benchWith(target);
    const vault = ports.vault as unknown as { kept: Map<string, unknown> };
    const failed = reached("failed");
    await floppy.handlers["runs.start"](laptop);
    const { id } = await failed;
    expect(vault.kept.has(id)).toBe(true);
    await floppy.handlers["runs.dismiss"]({ runId: id });
    expect(vault.kept.has(id)).toBe(false);
    await floppy.close();
  });

  it("lets its drive go when the stick is written", async () => {
    const { floppy } = await openRecording(fakePorts({ remote: fakeTarget().remote }));
    const { promise: waits, resolve } = Promise.withResolvers<void>();
    floppy.subscribe((one) => {
      if (one.event === "run" && stateOf(one.payload, "boot") === "running") resolve();
    });
    await floppy.handlers["runs.start"](laptop);
    await waits;
    await expect(floppy.handlers["runs.start"](request)).resolves.toMatchObject({ serial: request.serial });
    await floppy.close();
  });
});

describe("a target that lies about its hardware", () => {
  const staging = () => {
    const staged: { hardware: HardwareFacts }[] = [];
    const stage: Systems["stage"] = async (request) => {
      staged.push(request);
      return { folder: "/systems/x/flake", revision: null };
    };
    return { staged, stage };
  };
  const saying = (answer: string) =>
    fakeTarget((line) => (line.includes("nixos-generate-config") ? { stdout: answer } : null));

  it("puts no program of its own into the flake that is built here, and is named in the log", async () => {
    const target = saying(hardwareAnswer.replace("imports =", "imports = [ ./evil.nix ];\n  imports ="));
    const ports = fakePorts({ remote: target.remote });
    const { staged, stage } = staging();
    ports.systems = { ...ports.systems, stage };
    const { floppy, reached } = await benchWith(target, ports);
    const logged: string[] = [];
    floppy.subscribe(({ event, payload }) => {
      if (event === "log") logged.push(...payload.lines.map(({ text }) => text));
    });
    const done = reached("done");
    await floppy.handlers["runs.start"](laptop);
    await done;
    await floppy.close();
    expect(staged.map(({ hardware }) => hardware)).toEqual([parseHardware(hardwareAnswer).facts]);
    expect(logged).toContain("What the machine says of its hardware was not all taken over: ./evil.nix");
  });

  it.each([
    ["TARGET_UNTRUSTWORTHY", "import ./evil.nix"],
    ["TARGET_UNSUITED", hardwareAnswer.replace("x86_64-linux", "aarch64-linux")],
  ])("ends with %s before anything is built where it says “%s”", async (code, answer) => {
    const target = saying(answer);
    const ports = fakePorts({ remote: target.remote });
    const { staged, stage } = staging();
    ports.systems = { ...ports.systems, stage };
    const { floppy, reached } = await benchWith(target, ports);
    const failed = reached("failed");
    await floppy.handlers["runs.start"](laptop);
    expect((await failed).status).toMatchObject({ phase: "plan", error: { code } });
    expect(staged).toEqual([]);
    await floppy.close();
  });
});

describe("a target that fails", () => {
  it("stops the run at that phase; it is retried there, and nowhere before", async () => {
    let fails = true;
    const target = fakeTarget((line) =>
      fails && line.includes("nixos-install --root") ? { exitCode: 1 } : null,
    );
    const { floppy, reached } = await benchWith(target);
    const failed = reached("failed");
    await floppy.handlers["runs.start"](laptop);
    const run = await failed;
    expect(run.status).toMatchObject({ phase: "install", error: { code: "INSTALL_FAILED" } });
    fails = false;
    const done = reached("done");
    await floppy.handlers["runs.follow"]({ runId: run.id, phases: null });
    await done;
    expect(count(target.lines, 'wipefs --all --quiet --force "$disk"')).toBe(1);
    await floppy.close();
  });

  it("that loses the connection is found again, and the phase done anew", async () => {
    let losses = 1;
    const target = fakeTarget((line, machine) => {
      if (losses > 0 && line.includes("mkfs.btrfs")) {
        losses -= 1;
        machine.lose();
      }
      return null;
    });
    const { floppy, reached } = await benchWith(target);
    const done = reached("done");
    await floppy.handlers["runs.start"](laptop);
    await done;
    expect(count(target.lines, "mkfs.btrfs")).toBe(2);
    await floppy.close();
  });

  it("that was started anew goes on with mounting, not with erasing", async () => {
    let cuts = 1;
    const target = fakeTarget((line, machine) => {
      if (cuts > 0 && line.includes("nixos-install --root")) {
        cuts -= 1;
        machine.restart();
        throw new FloppyError("TARGET_LOST", "Gone.", "");
      }
      return null;
    });
    const { floppy, reached } = await benchWith(target);
    const done = reached("done");
    await floppy.handlers["runs.start"](laptop);
    await done;
    expect(count(target.lines, "mkfs.btrfs")).toBe(1);
    expect(count(target.lines, "subvol=@home")).toBe(2);
    await floppy.close();
  });

  it("that is started anew before it was told to is mounted and checked again, then restarted", async () => {
    let cuts = 1;
    const target = fakeTarget((line, machine) => {
      if (cuts > 0 && line.includes("floppy identity wipe")) {
        cuts -= 1;
        machine.restart();
        throw new FloppyError("TARGET_LOST", "Gone.", "");
      }
      return null;
    });
    const { floppy, reached } = await benchWith(target);
    const done = reached("done");
    await floppy.handlers["runs.start"](laptop);
    await done;
    expect(count(target.lines, "loader/entries")).toBe(2);
    expect(count(target.lines, "floppy identity wipe")).toBe(2);
    await floppy.close();
  });

  it("that is started anew again and again is given up", async () => {
    const target = fakeTarget((line, machine) => {
      if (line.includes("nixos-install --root")) {
        machine.restart();
        throw new FloppyError("TARGET_LOST", "Gone.", "");
      }
      return null;
    });
    const { floppy, reached } = await benchWith(target);
    const failed = reached("failed");
    await floppy.handlers["runs.start"](laptop);
    expect((await failed).status).toMatchObject({ error: { code: "TARGET_LOST" } });
    await floppy.close();
  });

  it("whose disk is another than the one that was chosen is not touched", async () => {
    const target = fakeTarget((line) => (line.includes("readlink -e") ? { exitCode: 65 } : null));
    const { floppy, reached } = await benchWith(target);
    const failed = reached("failed");
    await floppy.handlers["runs.start"](laptop);
    expect((await failed).status).toMatchObject({
      phase: "partition",
      error: { code: "TARGET_DISK_CHANGED" },
    });
    expect(count(target.lines, "mkfs")).toBe(0);
    await floppy.close();
  });

  it("whose boot loader is not there is not restarted, though its installer said nothing", async () => {
    const target = fakeTarget((line) => (line.includes("loader/entries") ? { stdout: "" } : null));
    const { floppy, reached } = await benchWith(target);
    const failed = reached("failed");
    await floppy.handlers["runs.start"](laptop);
    expect((await failed).status).toMatchObject({ phase: "check", error: { code: "DEVICE_CHECK_FAILED" } });
    expect(count(target.lines, "reboot")).toBe(0);
    await floppy.close();
  });

  it("that says of its disks what makes no sense is not believed", async () => {
    const target = fakeTarget((line) => (line.includes("PARTTYPENAME") ? { stdout: "[}" } : null));
    const { floppy, reached } = await benchWith(target);
    const failed = reached("failed");
    await floppy.handlers["runs.start"](laptop);
    expect((await failed).status).toMatchObject({ phase: "plan", error: { code: "TARGET_UNTRUSTWORTHY" } });
    await floppy.close();
  });
});

describe("a stranger at the address", () => {
  it("is refused before anybody logs in, and named where it is known", async () => {
    const target = fakeTarget();
    const stranger = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl other";
    const { fingerprint } = await import("#contract/fingerprint.ts");
    const remote = { ...target.remote, fingerprint: () => fingerprint(stranger) };
    const ports = fakePorts({ remote });
    const at = "2026-01-01T00:00:00.000Z";
    await ports.inventory.registerDevice({
      serial: "FLOPPY-DEL-00009",
      host: "dell",
      role: "dev",
      hostname: "floppy-del-00009",
      status: { state: "provisioned" },
      hostKey: stranger,
      lastRunId: null,
      practice: false,
      createdAt: at,
      updatedAt: at,
    });
    const { floppy, reached } = await benchWith(target, ports);
    const failed = reached("failed");
    await floppy.handlers["runs.start"](laptop);
    const ended = await failed;
    const { status } = ended;
    expect(status).toMatchObject({ phase: "reach", error: { code: "HOST_KEY_WRONG" } });
    expect(status.state === "failed" && status.error.message).toContain("FLOPPY-DEL-00009");
    expect(installationOf(ended)?.address).toBeNull();
    expect(target.lines).toEqual([]);
    await floppy.close();
  });
});

describe("some phases alone", () => {
  it("make the stick and pause there", async () => {
    const { floppy, reached, ports } = await benchWith(fakeTarget());
    const paused = reached("paused");
    await floppy.handlers["runs.start"]({ ...laptop, phases: ["image", "write", "verify"] });
    expect((await paused).status).toEqual({ state: "paused", phase: "boot" });
    expect((await ports.inventory.device(laptop.serial))?.status.state).toBe("awaited");
    await floppy.close();
  });

  it("are done anew when they are named", async () => {
    const target = fakeTarget();
    const { floppy, reached } = await benchWith(target);
    const paused = reached("paused");
    const upTo = ["image", "write", "verify", "boot", "reach", "plan", "partition", "mount"] as const;
    await floppy.handlers["runs.start"]({ ...laptop, phases: [...upTo] });
    const { id } = await paused;
    const again = reached("paused");
    await floppy.handlers["runs.follow"]({ runId: id, phases: ["mount"] });
    expect((await again).status).toEqual({ state: "paused", phase: "configure" });
    expect(count(target.lines, "subvol=@home")).toBe(2);
    expect(count(target.lines, "mkfs.btrfs")).toBe(1);
    await floppy.close();
  });

  it("that belong to the medium are not followed", async () => {
    const { floppy, reached } = await benchWith(fakeTarget());
    const paused = reached("paused");
    await floppy.handlers["runs.start"]({ ...laptop, phases: ["image", "write", "verify"] });
    const { id } = await paused;
    const write = floppy.handlers["runs.follow"]({ runId: id, phases: ["write"] });
    await expect(write).rejects.toEqual(refusal("RUN_STATE"));
    await floppy.close();
  });
});

describe("the deliberate act", () => {
  async function atTheDisk() {
    const target = fakeTarget();
    const recording = await openRecording(fakePorts({ remote: target.remote }));
    const { floppy } = recording;
    const { promise: asks, resolve } = Promise.withResolvers<Run>();
    floppy.subscribe((one) => {
      if (one.event !== "run") return;
      const { payload: run } = one;
      const plan = run.phases.find(({ name }) => name === "plan")?.status;
      if (plan?.state === "running" && plan.progress?.kind === "question") resolve(run);
    });
    const run = await floppy.handlers["runs.start"](laptop);
    await floppy.handlers["runs.aim"]({ runId: run.id, address: "laptop.local" });
    return { ...recording, target, run: await asks };
  }

  it.each([
    ["names another disk than it confirms", samsung.key, "another", "INVALID_INPUT"],
    ["names a disk that is not there", "another", "another", "INVALID_INPUT"],
  ] as const)("is none where it %s", async (_what, diskKey, eraseConfirmed, code) => {
    const { floppy, run } = await atTheDisk();
    const choice = { runId: run.id, diskKey, eraseConfirmed, buildPlace: "here" as const };
    await expect(floppy.handlers["runs.chooseDisk"](choice)).rejects.toEqual(refusal(code));
    await floppy.close();
  });

  it("can be looked at before: the plan writes nothing", async () => {
    const { floppy, run, target } = await atTheDisk();
    const before = target.lines.length;
    const plan = await floppy.handlers["runs.plan"]({
      runId: run.id,
      diskKey: samsung.key,
      buildPlace: "here",
    });
    expect(plan.disk.name).toBe("Samsung PM9A1");
    expect(target.lines).toHaveLength(before);
    await floppy.close();
  });

  it("is not waited for when the run is cancelled", async () => {
    const { floppy, run, reached } = await atTheDisk();
    const cancelled = reached("cancelled");
    await floppy.handlers["runs.cancel"]({ runId: run.id });
    expect((await cancelled).status).toMatchObject({ phase: "plan" });
    await floppy.close();
  });
});

describe("a stick that is written again", () => {
  it("claims its drive, and knows nothing of the machine any more", async () => {
    const target = fakeTarget((line) => (line.includes("mkfs.btrfs") ? { exitCode: 1 } : null));
    const endless = endlessWriter();
    let writes = obedientWriter.flash;
    const writer = { ...obedientWriter, flash: (...job: Parameters<typeof writes>) => writes(...job) };
    const ports = fakePorts({ remote: target.remote, writer });
    const { floppy, reached } = await benchWith(target, ports);
    const failed = reached("failed");
    await floppy.handlers["runs.start"](laptop);
    const { id, drive } = await failed;
    writes = endless.flash;
    const erase = { driveKey: drive.key, eraseConfirmed: drive.key };
    const resumed = await floppy.handlers["runs.resume"]({ runId: id, ...erase });
    expect(installationOf(resumed)?.address).toBeNull();
    await endless.begun;
    await expect(floppy.handlers["runs.start"](request)).rejects.toEqual(refusal("DRIVE_BUSY"));
    await floppy.close();
  });
});

describe("a run whose keys are gone", () => {
  it("says so, and changes nothing", async () => {
    const { floppy, reached, ports } = await benchWith(fakeTarget());
    const paused = reached("paused");
    await floppy.handlers["runs.start"]({ ...laptop, phases: ["image", "write", "verify"] });
    const { id } = await paused;
    await ports.vault.remove(id);
    const failed = reached("failed");
    await floppy.handlers["runs.follow"]({ runId: id, phases: null });
    expect((await failed).status).toMatchObject({ error: { code: "SECRETS_MISSING" } });
    await floppy.close();
  });
});
