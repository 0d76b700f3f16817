import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createHostKeys } from "#adapters/host-keys.ts";
import { mediumIdentity } from "#contract/identity.ts";
import {
  anIdentity,
  createIdentityBench,
  filesOf,
  hostKey,
  type IdentityBench,
  keepCopy,
  passphrase,
  readFromFat,
  snapshot,
  stillHolds,
  writeToFat,
} from "../../support/nixos/identity-bench.ts";
import { createPowerSupply } from "../../support/nixos/power.ts";

let bench: IdentityBench;
afterEach(() => bench.remove());

const privateKeyLine = hostKey.privateKey.split("\n")[2] ?? "";
const own = (path: string) => readFile(join(bench.root, path), "utf8");
const onMedium = (name: string) => readFromFat(bench.medium, `floppy/${name}`);

async function apply(env: NodeJS.ProcessEnv = {}, args: string[] = []) {
  const result = await bench.run(["apply", ...args], env);
  return { ...result, said: result.stderr };
}

test("takes over name, host key, authorized keys and Wi-Fi at the first boot", async () => {
  bench = await createIdentityBench();
  expect(await apply()).toMatchObject({ exitCode: 0 });
  expect(await own("etc/hostname")).toBe("floppy-rpi-00042\n");
  const files = await snapshot(bench.root);
  expect(files["/etc/ssh/ssh_host_ed25519_key"]).toBe(`600 ${hostKey.privateKey}`);
  expect(files["/etc/ssh/ssh_host_ed25519_key.pub"]).toBe(`644 ${hostKey.publicKey.trimEnd()}\n`);
  expect(files["/var/lib/floppy/authorized_keys.d/jeremy"]).toBe(`644 ${anIdentity.authorizedKeys[0]}\n`);
  expect(files["/etc/floppy/closure"]).toBe("644 /nix/store/0000-nixos-system-robot\n");
  const { wifi: _, ...known } = anIdentity;
  expect(mediumIdentity.parse(JSON.parse(await own("etc/floppy/device.json")))).toEqual({
    ...known,
    wifi: null,
  });
});

test("gives NetworkManager the network’s name as bytes, the passphrase escaped, and both to root alone", async () => {
  bench = await createIdentityBench();
  await apply();
  const profile = "etc/NetworkManager/system-connections/floppy.nmconnection";
  expect((await snapshot(bench.root))[`/${profile}`]).toMatch(/^600 /);
  const lines = (await own(profile)).split("\n");
  expect(lines).toContain(`ssid=${[...Buffer.from("Bänk; 1")].join(";")};`);
  expect(lines).toContain("psk=correct\\shorse\\sbattery\\s\\\\\\sstaple");
});

test("announces SSH with serial and run", async () => {
  bench = await createIdentityBench();
  await apply();
  const announcement = await own("etc/avahi/services/floppy.service");
  expect(announcement).toContain("<type>_ssh._tcp</type>");
  expect(announcement).toContain("<txt-record>serial=FLOPPY-RPI-00042</txt-record>");
  expect(announcement).toContain(`<txt-record>run=${anIdentity.runId}</txt-record>`);
  expect(announcement).toContain("<txt-record>system=device</txt-record>");
});

test("leaves no secret on the partition, not even in a deleted file’s bytes", async () => {
  bench = await createIdentityBench();
  expect(await stillHolds(bench.medium, privateKeyLine)).toBe(true);
  await apply();
  expect(await stillHolds(bench.medium, privateKeyLine)).toBe(false);
  expect(await stillHolds(bench.medium, "correct horse")).toBe(false);
  expect(await onMedium("ssh_host_ed25519_key")).toBeNull();
  expect(JSON.parse((await onMedium("identity.json")) ?? "")).toEqual({ ...anIdentity, wifi: null });
});

test("works once: another identity on the partition is not taken over, and does not stay there", async () => {
  bench = await createIdentityBench();
  await apply();
  const before = await snapshot(bench.root);
  await writeToFat(bench.medium, filesOf({ ...anIdentity, hostname: "intruder" }));
  expect(await apply()).toMatchObject({ exitCode: 0 });
  expect(await snapshot(bench.root)).toEqual(before);
  expect(await stillHolds(bench.medium, "intruder")).toBe(false);
  expect(await stillHolds(bench.medium, passphrase)).toBe(false);
});

test("a medium without identity is left as it is", async () => {
  bench = await createIdentityBench([]);
  const { exitCode, said } = await apply();
  expect(exitCode).toBe(0);
  expect(said).toContain("no identity on this medium");
  expect(await snapshot(bench.root)).toEqual({});
});

test("the installer takes the stick’s identity at every start, for root, and leaves the secrets for the next", async () => {
  bench = await createIdentityBench();
  const env = {
    FLOPPY_LIVE_SYSTEM: "1",
    FLOPPY_USER: "root",
    FLOPPY_HOST: "",
    FLOPPY_ROLE: "",
    FLOPPY_PREFIX: "",
  };
  expect(await apply(env)).toMatchObject({ exitCode: 0 });
  expect(await own("var/lib/floppy/authorized_keys.d/root")).toBe(`${anIdentity.authorizedKeys[0]}\n`);
  expect(await own("etc/avahi/services/floppy.service")).toContain("system=installer");
  expect(await stillHolds(bench.medium, privateKeyLine)).toBe(true);
});

/** A system as nixos-install leaves it: links that are right once its root is the root. */
async function install(target: string): Promise<string> {
  const mnt = join(bench.folder, "mnt");
  const store = join(mnt, "nix/store");
  await mkdir(join(store, "2-etc/etc/floppy"), { recursive: true });
  await mkdir(join(store, "1-system"));
  await mkdir(join(mnt, "nix/var/nix/profiles"), { recursive: true });
  await symlink("system-1-link", join(mnt, "nix/var/nix/profiles/system"));
  await symlink("/nix/store/1-system", join(mnt, "nix/var/nix/profiles/system-1-link"));
  await symlink("/nix/store/2-etc/etc", join(store, "1-system/etc"));
  for (const [name, content] of Object.entries({ user: "ada\n", target: `${target}\n` })) {
    await writeFile(join(store, `3-${name}`), content);
    await symlink(`/nix/store/3-${name}`, join(store, "2-etc/etc/floppy", name));
  }
  return mnt;
}
const installer = { FLOPPY_LIVE_SYSTEM: "1", FLOPPY_USER: "root", FLOPPY_HOST: "", FLOPPY_ROLE: "" };

test("the installer hands the identity to the system it has installed; wiping the stick is an act of its own", async () => {
  bench = await createIdentityBench();
  const target = await install("raspberry-robot");
  expect(await apply(installer, ["--root", target])).toMatchObject({ exitCode: 0 });
  const files = await snapshot(target);
  expect(files["/etc/hostname"]).toBe("644 floppy-rpi-00042\n");
  expect(files["/etc/floppy/closure"]).toBe("644 /nix/store/1-system\n");
  expect(files["/var/lib/floppy/authorized_keys.d/ada"]).toBe(`644 ${anIdentity.authorizedKeys[0]}\n`);
  expect(files["/etc/avahi/services/floppy.service"]).toContain("system=device");
  expect(await snapshot(bench.root)).toEqual({});
  expect(await stillHolds(bench.medium, privateKeyLine)).toBe(true);
  expect(await bench.run(["wipe"], installer)).toMatchObject({ exitCode: 0 });
  expect(await stillHolds(bench.medium, privateKeyLine)).toBe(false);
  expect(await stillHolds(bench.medium, "correct horse")).toBe(false);
});

test("a wipe that was cut off before any step is done by the next one", async () => {
  bench = await createIdentityBench();
  expect(await apply(installer)).toMatchObject({ exitCode: 0 });
  const startAgain = await keepCopy(bench);
  const power = await createPowerSupply(bench.folder, ["dd", "mdel", "mcopy"]);
  let cuts = 0;
  for (let n = 1; ; n++) {
    await startAgain();
    const first = await bench.run(["wipe"], { ...installer, ...(await power.cutBefore(n)) });
    if (first.exitCode === 0) break;
    cuts += 1;
    expect(first.signal).toBe("SIGKILL");
    expect(await bench.run(["wipe"], installer)).toMatchObject({ exitCode: 0 });
    for (const secret of [privateKeyLine, "correct horse"])
      expect(await stillHolds(bench.medium, secret)).toBe(false);
    expect(JSON.parse((await onMedium("identity.json")) ?? "")).toEqual({ ...anIdentity, wifi: null });
  }
  expect(cuts).toBeGreaterThan(5);
});

test("wipes at the same time do not get into each other's way", async () => {
  bench = await createIdentityBench();
  expect(await apply(installer)).toMatchObject({ exitCode: 0 });
  const wipes = [0, 1, 2, 3].map(() => bench.run(["wipe"], installer));
  for (const ended of await Promise.all(wipes)) expect(ended).toMatchObject({ exitCode: 0 });
  expect(await stillHolds(bench.medium, privateKeyLine)).toBe(false);
  expect(JSON.parse((await onMedium("identity.json")) ?? "")).toEqual({ ...anIdentity, wifi: null });
});

test("the installer hands nothing to another system, or to none", async () => {
  bench = await createIdentityBench();
  const other = await install("dell-dev");
  const before = await snapshot(other);
  expect((await apply(installer, ["--root", other])).said).toContain("dell-dev is installed");
  expect(await snapshot(other)).toEqual(before);
  const empty = join(bench.folder, "empty");
  await mkdir(empty);
  expect((await apply(installer, ["--root", empty])).said).toContain("no system of Floppy is installed");
  expect(await snapshot(empty)).toEqual({});
});

const bad: [what: string, identity: unknown, said: string][] = [
  ["broken JSON", '{"version": 1,', "is not JSON"],
  ["an empty file", "", "holds 0 values"],
  ["two documents", `${JSON.stringify(anIdentity)}${JSON.stringify(anIdentity)}`, "holds 2 values"],
  ["no object", [anIdentity], "not an object"],
  ["another version", { ...anIdentity, version: 2 }, "version"],
  ["another host’s identity", { ...anIdentity, host: "reterminal" }, "for the host reterminal"],
  ["another role’s identity", { ...anIdentity, role: "node" }, "for the role node"],
  ["another host’s serial", { ...anIdentity, serial: "FLOPPY-DEL-00042" }, "another host's"],
  ["a path for a serial", { ...anIdentity, serial: "../../etc/passwd" }, "serial"],
  ["a path for a hostname", { ...anIdentity, hostname: "../../etc/shadow" }, "hostname"],
  ["a hostname of two lines", { ...anIdentity, hostname: "floppy\nroot" }, "hostname"],
  ["a run id with markup", { ...anIdentity, runId: "<a/>" }, "run id"],
  ["a number for a hostname", { ...anIdentity, hostname: 7 }, "hostname"],
  ["one key instead of a list", { ...anIdentity, authorizedKeys: "ssh-ed25519 AAAA" }, "authorized keys"],
  ["an oversized file", { ...anIdentity, note: "x".repeat(70_000) }, "too large"],
];

test.each(bad)("refuses %s, and changes neither system nor partition", async (_what, identity, reason) => {
  bench = await createIdentityBench(filesOf(identity));
  const before = await readFile(bench.medium);
  const { exitCode, said } = await apply();
  expect(said).toContain(reason);
  expect(exitCode).toBe(1);
  expect(await snapshot(bench.root)).toEqual({});
  expect(before.equals(await readFile(bench.medium))).toBe(true);
});

test("a Wi-Fi that is none locks nobody out: all else is taken over, what is not is told, and no secret stays", async () => {
  const wifi = { ssid: "Bench", passphrase: "horse schlüssel" };
  const [key] = anIdentity.authorizedKeys;
  const authorizedKeys = [`command="sh" ${key}`, key];
  bench = await createIdentityBench(filesOf({ ...anIdentity, wifi, authorizedKeys }));
  const { exitCode, said } = await apply();
  expect(exitCode).toBe(0);
  expect(said).toContain("left out of identity.json: authorized key 1, which is not a public key");
  expect(said).toContain("left out of identity.json: the Wi-Fi");
  expect(said).not.toContain("horse");
  const files = await snapshot(bench.root);
  expect(files["/etc/hostname"]).toBe("644 floppy-rpi-00042\n");
  expect(files["/var/lib/floppy/authorized_keys.d/jeremy"]).toBe(`644 ${key}\n`);
  expect(Object.keys(files).filter((path) => path.includes("NetworkManager"))).toEqual([]);
  for (const secret of [privateKeyLine, "horse"]) expect(await stillHolds(bench.medium, secret)).toBe(false);
});

test("refuses a host key whose halves do not belong together, or that is none", async () => {
  const files = filesOf(anIdentity);
  const [identity, key] = files;
  if (!identity || !key) throw new Error("The identity's files are missing.");
  const [foreign] = anIdentity.authorizedKeys;
  const halves = [identity, key, { path: "floppy/ssh_host_ed25519_key.pub", content: `${foreign}\n` }];
  bench = await createIdentityBench(halves);
  expect((await apply()).said).toContain("do not belong together");
  await bench.remove();
  bench = await createIdentityBench([identity, { ...key, content: "no key" }, ...files.slice(2)]);
  expect((await apply()).said).toContain("host key is not usable");
  await bench.remove();
  bench = await createIdentityBench([identity]);
  expect((await apply()).said).toContain("ssh_host_ed25519_key is missing");
  expect(await snapshot(bench.root)).toEqual({});
});

test("after a power cut before any step, the next boot ends where an undisturbed one does", async () => {
  bench = await createIdentityBench();
  const startAgain = await keepCopy(bench);
  await apply();
  const expected = await snapshot(bench.root);
  const power = await createPowerSupply(bench.folder, ["mv", "dd", "mdel", "mcopy"]);
  let cuts = 0;
  for (let n = 1; ; n++) {
    await startAgain();
    const first = await apply(await power.cutBefore(n));
    if (first.exitCode === 0) break;
    cuts += 1;
    expect(first.signal).toBe("SIGKILL");
    expect((await apply()).said).not.toContain("refused");
    expect(await snapshot(bench.root)).toEqual(expected);
    expect(await stillHolds(bench.medium, privateKeyLine)).toBe(false);
    expect(await stillHolds(bench.medium, "correct horse")).toBe(false);
    expect(JSON.parse((await onMedium("identity.json")) ?? "")).toEqual({ ...anIdentity, wifi: null });
  }
  expect(cuts).toBeGreaterThan(12);
});

const runKey = createHostKeys().generate("floppy-run").publicKey.trim();
const confirmFile = "var/lib/floppy/authorized_keys.d/root";

/** A folder as an installation hands it over, and a system installed below the root that is for this device. */
async function handedOver(identity: object = { ...anIdentity, confirmKey: runKey }): Promise<string> {
  bench = await createIdentityBench([]);
  const system = "/nix/store/0000-nixos-system-robot";
  await mkdir(join(bench.root, "nix/var/nix/profiles"), { recursive: true });
  await mkdir(join(bench.root, `${system}/etc/floppy`), { recursive: true });
  await symlink(system, join(bench.root, "nix/var/nix/profiles/system"));
  await writeFile(join(bench.root, `${system}/etc/floppy/target`), "raspberry-robot\n");
  await writeFile(join(bench.root, `${system}/etc/floppy/user`), "jeremy\n");
  const folder = join(bench.root, "var/lib/floppy/handover");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { path, content } of filesOf(identity))
    await writeFile(join(folder, path.slice("floppy/".length)), content);
  return folder;
}

const takeOver = (folder: string) => apply({}, ["--root", bench.root, "--from", folder]);

test("an installation hands the identity over in a folder, which is gone afterwards", async () => {
  const folder = await handedOver();
  expect(await takeOver(folder)).toMatchObject({ exitCode: 0 });
  expect(await own("etc/hostname")).toBe("floppy-rpi-00042\n");
  expect(await own("etc/ssh/ssh_host_ed25519_key")).toBe(hostKey.privateKey);
  const left = Object.keys(await snapshot(bench.root));
  expect(left.filter((path) => path.includes("handover"))).toEqual([]);
});

test("the run’s key may ask one thing, for a day, and is told nowhere else", async () => {
  const folder = await handedOver();
  await takeOver(folder);
  const line = await own(confirmFile);
  expect(line).toMatch(
    /^restrict,expiry-time="\d{12}Z",command="\/run\/current-system\/sw\/bin\/floppy confirm" ssh-ed25519 /,
  );
  expect(line.trim().endsWith(runKey)).toBe(true);
  expect(await own("etc/floppy/device.json")).not.toContain("ssh-ed25519 AAAA".concat(runKey.slice(16, 40)));
});

test("a card’s identity lets no run in, whatever it says", async () => {
  bench = await createIdentityBench(filesOf({ ...anIdentity, confirmKey: runKey }));
  await apply();
  expect(Object.keys(await snapshot(bench.root))).not.toContain(`/${confirmFile}`);
});

test.each([
  ["a key that is none", { ...anIdentity, confirmKey: 'x" command="sh' }],
  ["a key with a line end", { ...anIdentity, confirmKey: `${runKey}\nssh-ed25519 AAAA` }],
])("an identity with %s is refused", async (_what, identity) => {
  const folder = await handedOver(identity);
  expect(await takeOver(folder)).toMatchObject({ exitCode: 1 });
  expect(Object.keys(await snapshot(bench.root))).not.toContain("/etc/floppy/device.json");
});

test("a folder that others can open is refused, and nothing is taken over", async () => {
  const folder = await handedOver();
  await chmod(folder, 0o755);
  expect((await takeOver(folder)).said).toContain("mode 700");
  expect(Object.keys(await snapshot(bench.root))).not.toContain("/etc/floppy/device.json");
});

test("of a folder that holds more, only the identity is removed, also by a second run", async () => {
  const folder = await handedOver();
  await writeFile(join(folder, "thesis.txt"), "kept");
  expect(await takeOver(folder)).toMatchObject({ exitCode: 0 });
  expect(await readdir(folder)).toEqual(["thesis.txt"]);
  expect(await takeOver(folder)).toMatchObject({ exitCode: 0 });
  expect(await readdir(folder)).toEqual(["thesis.txt"]);
});

test("a folder with a link in it is refused, and nothing is taken over", async () => {
  const folder = await handedOver();
  await rm(join(folder, "identity.json"));
  await symlink("/etc/passwd", join(folder, "identity.json"));
  expect((await takeOver(folder)).said).toContain("no file");
  expect(Object.keys(await snapshot(bench.root))).not.toContain("/etc/floppy/device.json");
});
