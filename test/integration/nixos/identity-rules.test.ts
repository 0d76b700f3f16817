/** One rule for an identity, whoever asks: the contract by which a medium is written, and the device that reads it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { identityProblem } from "#contract/identity.ts";
import { createIdentityBench, filesOf, type IdentityBench } from "../../support/nixos/identity-bench.ts";
import { leftOut, refused, taken, withChange } from "../../support/nixos/identity-cases.ts";
import { chooseSeed } from "../../support/random.ts";

let bench: IdentityBench;
afterEach(() => bench.remove());

type Verdict = "taken" | "left out" | "refused";

/** What the device says of an identity that the writer's own code put on a FAT partition. */
async function apply(identity: object): Promise<Verdict> {
  bench = await createIdentityBench(filesOf(identity));
  const { exitCode, stderr } = await bench.run(["apply"]);
  if (exitCode !== 0) return "refused";
  return stderr.includes("left out of identity.json") ? "left out" : "taken";
}

const own = (path: string) => readFile(join(bench.root, path), "utf8");
const floppyTakes = (identity: object) => identityProblem(JSON.stringify(identity)) === null;

/** The network's name and its passphrase, as NetworkManager reads them from the profile. */
async function readProfile() {
  const profile = await own("etc/NetworkManager/system-connections/floppy.nmconnection");
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(profile)?.[1] ?? "";
  const bytes = value("ssid").split(";").slice(0, -1).map(Number);
  const passphrase = value("psk").replace(/\\(.)/g, (_, escaped) => (escaped === "s" ? " " : escaped));
  return { ssid: Buffer.from(bytes).toString(), passphrase };
}

test.each(taken)("Floppy and the device take %s", async (_what, change) => {
  const identity = withChange(change);
  expect(floppyTakes(identity)).toBe(true);
  expect(await apply(identity)).toBe("taken");
  const keys = identity.authorizedKeys.map((key) => `${key}\n`).join("");
  expect(await own("var/lib/floppy/authorized_keys.d/jeremy")).toBe(keys);
  if (identity.wifi) expect(await readProfile()).toEqual(identity.wifi);
});

test.each(leftOut)(
  "Floppy refuses %s; a device that has it goes without, and is still reached",
  async (_what, change) => {
    const identity = withChange(change);
    expect(floppyTakes(identity)).toBe(false);
    expect(await apply(identity)).toBe("left out");
    expect(await own("etc/hostname")).toBe("floppy-rpi-00042\n");
    expect(await own("etc/ssh/ssh_host_ed25519_key")).toContain("OPENSSH PRIVATE KEY");
    const known = JSON.parse(await own("etc/floppy/device.json"));
    expect(floppyTakes(known)).toBe(true);
  },
);

test.each(refused)("Floppy and the device refuse %s", async (_what, change) => {
  const identity = withChange(change);
  expect(floppyTakes(identity)).toBe(false);
  expect(await apply(identity)).toBe("refused");
});

const texts = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ unit: "binary-ascii", maxLength: 70 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom("a", "0", "f", "ü", " ", "\n", "-"), minLength: 1, maxLength: 66 }),
);
const change = fc.oneof(
  fc.record({ wifi: fc.record({ ssid: texts, passphrase: texts }) }),
  fc.record({ wifi: fc.record({ ssid: fc.constant("Bench"), passphrase: texts }) }),
  fc.record({ wifi: fc.record({ ssid: texts, passphrase: fc.constant("12345678") }) }),
  fc.record({
    authorizedKeys: fc.array(
      fc.tuple(fc.constantFrom("ssh-rsa AAAA", "ssh-rsa AAAA "), texts).map((parts) => parts.join("")),
      { maxLength: 3 },
    ),
  }),
  fc.record({ hostname: texts }),
  fc.record({ runId: texts }),
);

test("what Floppy takes, the device takes whole, and nothing else", { timeout: 600_000 }, async () => {
  const agrees = fc.asyncProperty(change, async (wanted) => {
    const identity = withChange(wanted);
    const verdict = await apply(identity).finally(() => bench.remove());
    expect(verdict === "taken").toBe(floppyTakes(identity));
  });
  await fc.assert(agrees, { numRuns: 40, seed: chooseSeed() });
});
