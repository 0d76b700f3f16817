import { mkdir, readFile, truncate, writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createIdentityBench, hostKey, type IdentityBench } from "../../support/nixos/identity-bench.ts";
import { readCode } from "../../support/nixos/read-code.ts";

const screenScript = fileURLToPath(new URL("../../../nixos/scripts/screen.sh", import.meta.url));
const columns = 42;

let bench: IdentityBench;
let cleanUp: (() => Promise<unknown>)[];
beforeEach(async () => {
  cleanUp = [];
  bench = await createIdentityBench();
});
afterEach(async () => {
  for (const act of cleanUp.reverse()) await act();
  await bench.remove();
});

const ownAddresses = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
  name === "lo" ? [] : (addresses ?? []).filter(({ scopeid }) => !scopeid).map(({ address }) => address),
);

async function screen(env: NodeJS.ProcessEnv = {}) {
  const options = { env: { FLOPPY_ROOT: bench.root, COLUMNS: "100", ...env }, stdin: "ignore" as const };
  const { stdout } = await execa("bash", [screenScript, "screen"], options);
  return stdout;
}

async function fingerprint() {
  const file = join(bench.folder, "key.pub");
  await writeFile(file, hostKey.publicKey);
  const { stdout } = await execa("ssh-keygen", ["-l", "-f", file]);
  return stdout.split(" ")[1] ?? "";
}

test("the screen says whose machine it is, where it is reached, and the fingerprint to compare", async () => {
  await bench.run(["apply"]);
  const shown = await screen();
  expect(shown).toContain("FLOPPY-RPI-00042");
  expect(shown).toContain("floppy-rpi-00042.local");
  for (const address of ownAddresses.slice(0, 4)) expect(shown).toContain(address);
  const whole = await fingerprint();
  expect(shown).toContain(whole.slice(0, 25));
  expect(shown).toContain(whole.slice(25));
});

test("a telephone reads the same from the code beside it, and both fit a laptop’s screen", async () => {
  await bench.run(["apply"]);
  const shown = await screen();
  expect(shown.split("\n").length).toBeLessThanOrEqual(24);
  const link = new URL(await readCode(shown, columns, bench.folder));
  expect(link).toMatchObject({ protocol: "ssh:", username: "root" });
  expect(ownAddresses).toContain(link.hostname.replaceAll(/[[\]]/g, ""));
  expect(link.searchParams.get("serial")).toBe("FLOPPY-RPI-00042");
  // A plus in a query stands for a blank, so the text is compared as it was written.
  expect(link.search).toContain(`fingerprint=${await fingerprint()}`);
});

test("a narrow screen gets the words alone", async () => {
  await bench.run(["apply"]);
  const shown = await screen({ COLUMNS: "64" });
  expect(shown).toContain("FLOPPY-RPI-00042");
  expect(shown).not.toContain("█");
});

test("a stick without identity says so, and what to do", async () => {
  const shown = await screen();
  expect(shown).toContain("This stick has no identity.");
  expect(shown).toContain("Write it with Floppy.");
});

test("the identity is looked for on the disk that the system runs from, not on another of the same label", async () => {
  // Attached first, so that a look-up by label alone would give this one.
  const { stdout: other } = await execa("losetup", ["--find", "--show", bench.medium]);
  cleanUp.push(() => execa("losetup", ["--detach", other]));
  const disk = join(bench.folder, "disk.img");
  await writeFile(disk, "");
  await truncate(disk, 48 * 1024 ** 2);
  await execa("sfdisk", ["--quiet", disk], {
    input: "start=16384, size=32768, type=b\nstart=49152, type=83\n",
  });
  const { stdout: loop } = await execa("losetup", ["--find", "--show", "--partscan", disk]);
  cleanUp.push(() => execa("losetup", ["--detach", loop]));
  // Kernels that read no partition tables themselves are told.
  await execa("partx", ["--update", loop]);
  await execa("dd", [`if=${bench.medium}`, `of=${loop}p1`, "bs=1M", "conv=notrunc,fsync", "status=none"]);
  await execa("mkfs.ext4", ["-q", `${loop}p2`]);
  const mountPoint = join(bench.folder, "boot");
  await mkdir(mountPoint);
  await execa("mount", [`${loop}p2`, mountPoint]);
  cleanUp.push(() => execa("umount", [mountPoint]));
  const env = { FLOPPY_MEDIUM: "", FLOPPY_LABEL: "FIRMWARE", FLOPPY_BOOT_MOUNT: mountPoint };
  const untouched = await readFile(bench.medium);
  expect(await bench.run(["apply"], env)).toMatchObject({ exitCode: 0 });
  expect(await readFile(join(bench.root, "etc/hostname"), "utf8")).toBe("floppy-rpi-00042\n");
  expect(untouched.equals(await readFile(bench.medium))).toBe(true);
  const { stdout: listed } = await execa("mdir", ["-b", "-i", `${loop}p1`, "::floppy"]);
  expect(listed).not.toMatch(/ed25519_key$/m);
});
