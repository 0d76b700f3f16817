import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { device } from "#contract/devices.ts";
import { anIdentity, hostKey } from "../../support/nixos/identity-bench.ts";
import { createVerifyBench, tamper, type VerifyBench } from "../../support/nixos/verify-bench.ts";

let bench: VerifyBench;
beforeEach(async () => {
  bench = await createVerifyBench();
});
afterEach(() => bench.remove());

test("a device that is as it was provisioned passes every check", async () => {
  await execa("btrfs", ["scrub", "start", "-B", bench.disk.root]);
  const found = await bench.verify();
  expect(found.checks.map(({ name, state }) => `${name} ${state}`)).toEqual([
    "system passed",
    "layout passed",
    "scrub passed",
    "units passed",
    "store passed",
  ]);
  expect(found).toMatchObject({ ok: true, problems: [], exitCode: 0 });
});

test("another system than the recorded one is told, until it is recorded", async () => {
  await bench.file("etc/floppy/closure", "/nix/store/1111-another-system\n");
  const found = await bench.verify();
  expect(found).toMatchObject({ ok: false, exitCode: 1 });
  expect(found.problems).toEqual([expect.stringMatching(/^system: .*1111-another-system is on record/)]);
  expect(await bench.run(["verify", "--record"])).toMatchObject({ exitCode: 0 });
  expect((await bench.verify()).of("system")?.state).toBe("passed");
});

test("a path of the store that was tampered with is named, and remembered by the quick status", async () => {
  expect((await bench.verify("status")).of("store")?.state).toBe("skipped");
  await tamper(bench.path);
  expect((await bench.verify()).of("store")).toMatchObject({
    state: "failed",
    detail: expect.stringContaining(bench.path),
  });
  expect((await bench.verify("status")).problems).toEqual([expect.stringContaining(bench.path)]);
});

test("mounts that differ from the layout are named", async () => {
  await execa("mount", ["-o", "remount,strictatime", bench.disk.root]);
  await execa("umount", [bench.disk.home]);
  const { detail } = (await bench.verify("status")).of("layout") ?? {};
  expect(detail).toBe(`${bench.disk.root} lacks noatime; ${bench.disk.home} is not mounted`);
});

test("a subvolume in the wrong place is told, and a file system that is another", async () => {
  await bench.file(
    "etc/floppy/mounts.json",
    JSON.stringify([
      { target: bench.disk.root, type: "btrfs", options: ["subvol=@home"] },
      { target: bench.disk.home, type: "ext4", options: [] },
    ]),
  );
  const { detail } = (await bench.verify("status")).of("layout") ?? {};
  expect(detail).toBe(`${bench.disk.root} lacks subvol=@home; ${bench.disk.home} is btrfs, not ext4`);
});

test("bytes that changed on the disk are found by the scrub", async () => {
  expect((await bench.verify("status")).of("scrub")).toMatchObject({ detail: "not scrubbed yet" });
  await damageData();
  await execa("btrfs", ["scrub", "start", "-B", bench.disk.root], { reject: false });
  expect((await bench.verify("status")).of("scrub")?.state).toBe("failed");
});

test("units that failed are named, without the one that tells of it", async () => {
  await bench.file(
    "failed-units",
    "sshd.service loaded failed failed SSH\nfloppy-verify.service loaded failed failed\n",
  );
  expect((await bench.verify("status")).problems).toEqual(["units: failed: sshd.service"]);
});

test("the fleet takes the report, and lists the device as Floppy’s inventory would", async () => {
  const token = await bench.file("token", "token-of-this-test\n", 0o600);
  const fleet = await startFleet(token);
  const env = { FLOPPY_FLEET_URL: fleet.url, FLOPPY_FLEET_TOKEN_FILE: token };
  try {
    const early = await bench.run(["status", "--report"], env);
    expect(early.stderr).toContain("has no identity yet");
    await bench.file("etc/floppy/device.json", JSON.stringify({ ...anIdentity, wifi: null }));
    await bench.file("etc/ssh/ssh_host_ed25519_key.pub", hostKey.publicKey);
    await bench.file("etc/floppy/closure", "/nix/store/1111-another-system\n");
    expect(await bench.run(["status", "--report"], env)).toMatchObject({ exitCode: 1, stderr: "" });
    const answer = await fetch(`${fleet.url}/v1/devices/${anIdentity.serial}`, {
      headers: { Authorization: "Bearer token-of-this-test" },
    });
    expect(device.parse(await answer.json())).toMatchObject({
      serial: anIdentity.serial,
      hostname: anIdentity.hostname,
      lastRunId: anIdentity.runId,
      status: { state: "failed" },
    });
    await bench.file("token", "another-token\n");
    expect((await bench.run(["status", "--report"], env)).stderr).toContain("did not take the report");
  } finally {
    await fleet.stop();
  }
});

/** Changes a file's first bytes where they lie on the disk, behind the file system's back. */
async function damageData(): Promise<void> {
  const data = await readFile(join(bench.disk.root, "data"));
  const offset = (await readFile(bench.disk.image)).indexOf(data.subarray(0, 512));
  const disk = await open(bench.disk.image, "r+");
  await disk.write(Buffer.alloc(64, 0xff), 0, 64, offset);
  await disk.close();
}

async function startFleet(token: string) {
  const main = fileURLToPath(new URL("../../../nixos/packages/floppy-fleet/src/main.mjs", import.meta.url));
  const state = join(bench.root, "devices.json");
  const args = [main, "--port", "0", "--token-file", token, "--state-file", state];
  const process = spawn("node", args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface(process.stdout), "line");
  return {
    url: String(line).replace("Fleet API: ", ""),
    async stop() {
      process.kill("SIGTERM");
      await once(process, "exit");
    },
  };
}
