import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createHostKeys } from "#adapters/host-keys.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "floppy-keys-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

// OpenSSH pads a key to a multiple of eight bytes: the comment's length decides how far.
it.each(Array.from({ length: 9 }, (_, more) => `floppy-rpi-0000${"1".repeat(more)}`))(
  "a key for %s is read by OpenSSH, with its public half and comment",
  async (hostname) => {
    const { privateKey, publicKey } = createHostKeys().generate(hostname);
    const file = join(folder, "key");
    await writeFile(file, privateKey, { mode: 0o600 });
    expect(execFileSync("ssh-keygen", ["-y", "-f", file], { encoding: "utf8" }).trim()).toBe(publicKey);
    await writeFile(`${file}.pub`, publicKey);
    const listed = execFileSync("ssh-keygen", ["-l", "-f", `${file}.pub`], { encoding: "utf8" });
    expect(listed).toMatch(new RegExp(`^256 SHA256:\\S+ ${hostname} \\(ED25519\\)`));
  },
);

it("no two keys are the same", () => {
  const keys = createHostKeys();
  expect(keys.generate("a").publicKey).not.toBe(keys.generate("a").publicKey);
});

it("a public key that lost its leading zero byte is thrown away", () => {
  const blob = (bytes: number) =>
    Buffer.concat([
      Buffer.from("\0\0\0\x0bssh-ed25519"),
      Buffer.from([0, 0, 0, bytes]),
      Buffer.alloc(bytes, 7),
    ]);
  const made = [31, 30, 32].map((bytes) => ({
    private: `private ${bytes}`,
    public: `ssh-ed25519 ${blob(bytes).toString("base64")} host`,
  }));
  const keys = createHostKeys(() => made.shift() ?? expect.fail("asked for one key too many"));
  expect(keys.generate("host").privateKey).toBe("private 32");
});
