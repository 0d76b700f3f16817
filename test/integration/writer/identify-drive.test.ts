import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { HOST_KEY_PATH, HOST_KEY_PUBLIC_PATH, IDENTITY_PATH } from "#contract/identity.ts";
import { createBench, MIB, run } from "../drives/bench.ts";
import { flash, identify, killWriters, startWriter } from "./writer-process.ts";

const bench = createBench();
afterEach(async () => {
  await killWriters();
  bench.clear();
});

const publicKey =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl floppy-rpi-00001";
const identity = {
  version: 1,
  serial: "FLOPPY-RPI-00001",
  host: "raspberry",
  role: "robot",
  runId: "run-1",
  hostname: "floppy-rpi-00001",
  authorizedKeys: [],
  wifi: { ssid: "bench", passphrase: "correct horse" },
};
const files = [
  { path: IDENTITY_PATH, content: JSON.stringify(identity) },
  { path: HOST_KEY_PATH, content: "PRIVATE" },
  { path: HOST_KEY_PUBLIC_PATH, content: `${publicKey}\n` },
];
const carried = {
  serial: "FLOPPY-RPI-00001",
  host: "raspberry",
  role: "robot",
  runId: "run-1",
  hostname: "floppy-rpi-00001",
  hostKey: publicKey,
};

async function practiceImage(medium: "card" | "stick"): Promise<string> {
  const { last } = await startWriter({ job: "practice", medium, folder: bench.folder() }).ended;
  return last?.event === "made" ? last.path : "";
}

/** A drive that was written with that identity. */
async function written(drive: string, medium: "card" | "stick" = "card", content = files): Promise<string> {
  const placement = medium === "card" ? "firmware" : "appended";
  const { last } = await flash(await practiceImage(medium), drive, content, { placement });
  expect(last).toMatchObject({ event: "flashed" });
  return drive;
}

const whoseIs = async (drive: string) => startWriter({ job: "identity", drive: await identify(drive) }).ended;

describe("whose medium a drive is", () => {
  it.each(["card", "stick"] as const)("is read from a %s, and no secret with it", async (medium) => {
    const { events } = await whoseIs(await written(bench.drive(200 * MIB), medium));
    expect(events).toEqual([{ event: "identified", carried }]);
    expect(JSON.stringify(events)).not.toMatch(/PRIVATE|correct horse/);
  });

  it("is read from a practice drive that is only a file", async () => {
    const file = bench.file(join(bench.folder(), "practice-1.floppy-practice"), 200 * MIB);
    expect((await whoseIs(await written(file))).last).toEqual({ event: "identified", carried });
  });

  it("is read from the drive, and not from what somebody still holds in memory", async () => {
    const drive = await written(bench.drive(200 * MIB));
    const other = files.map((file) => ({
      ...file,
      content: file.content.replace("FLOPPY-RPI-00001", "FLOPPY-RPI-00002"),
    }));
    // The page cache now has the first identity, and keeps it when the second one goes past it.
    readFileSync(drive);
    await written(drive, "card", other);
    expect((await whoseIs(drive)).last).toMatchObject({ carried: { serial: "FLOPPY-RPI-00002" } });
  });

  it("is read while the drive is mounted, which it stays", async () => {
    const drive = await written(bench.drive(200 * MIB));
    run("partprobe", drive);
    const target = join(bench.folder(), "mounted");
    run("mkfs.ext4", "-q", `${drive}p2`);
    bench.mount(`${drive}p2`, target);
    expect((await whoseIs(drive)).last).toEqual({ event: "identified", carried });
    expect(run("findmnt", "--noheadings", "--output", "SOURCE", target)).toBe(`${drive}p2`);
  });

  it("is nobody's where the drive is blank, or holds an image without an identity", async () => {
    const drive = bench.drive(200 * MIB);
    expect((await whoseIs(drive)).last).toEqual({ event: "identified", carried: null });
    await written(drive, "card", []);
    expect((await whoseIs(drive)).last).toEqual({ event: "identified", carried: null });
  });

  it("is refused where what lies there is no identity", async () => {
    const drive = await written(bench.drive(200 * MIB));
    const odd = join(bench.folder(), "odd");
    writeFileSync(odd, "{}");
    run("mcopy", "-o", "-i", `${drive}@@8M`, odd, `::${IDENTITY_PATH}`);
    const { last } = await whoseIs(drive);
    expect(last).toMatchObject({ event: "failed", error: { code: "DRIVE_VERIFY_FAILED" } });
  });

  it("is not looked for on a drive that took the place of the one that was meant", async () => {
    const drive = bench.drive(200 * MIB);
    const expected = { ...(await identify(drive)), sizeBytes: 100 * MIB };
    const { last } = await startWriter({ job: "identity", drive: expected }).ended;
    expect(last).toMatchObject({ event: "failed", error: { code: "DRIVE_REPLACED" } });
  });
});
