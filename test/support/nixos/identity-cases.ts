/** What an identity may hold and what not: for the contract that a writer asks and for the device that reads it, alike. */
import { anIdentity, hostKey } from "./identity-bench.ts";

const key = hostKey.publicKey.trim();
const [kind, blob] = key.split(" ");
const wifi = (ssid: unknown, passphrase: unknown = "correct horse") => ({ wifi: { ssid, passphrase } });
const keys = (...authorizedKeys: unknown[]) => ({ authorizedKeys });

type Case = [what: string, change: Record<string, unknown>];

/** A device takes all of it. */
export const taken: Case[] = [
  ["what Floppy writes", {}],
  ["no Wi-Fi and no key", { wifi: null, authorizedKeys: [] }],
  ["no word about Wi-Fi", { wifi: undefined }],
  ["a name of 32 bytes", wifi("x".repeat(32))],
  ["a name of 16 Cyrillic letters", wifi("ж".repeat(16))],
  ["a name of 8 emoji", wifi("📶".repeat(8))],
  ["a name of blanks", wifi("  ")],
  ["a name of signs that a file of settings uses", wifi('[a];=#\\"%')],
  ["the shortest passphrase", wifi("Bench", "12345678")],
  ["the longest passphrase", wifi("Bench", "~".repeat(63))],
  ["a passphrase of all that ASCII prints, in two", wifi("Bench", ascii(0x20, 0x4f))],
  ["the other half of it", wifi("Bench", ascii(0x4f, 0x7f))],
  ["a passphrase with blanks around it", wifi("Bench", "  12345678  ")],
  ["the key itself instead of a passphrase", wifi("Bench", "0123456789abcdefABCDEF".padEnd(64, "0"))],
  ["a key without a comment", keys(`${kind} ${blob}`)],
  ["a key whose comment is beyond ASCII", keys(`${kind} ${blob} Jörg’s Schlüssel 🔑`)],
  [
    "keys of every kind",
    keys(key, `ssh-rsa ${blob}`, `ecdsa-sha2-nistp256 ${blob}`, `sk-ssh-ed25519@openssh.com ${blob}`),
  ],
  ["256 keys", keys(...Array(256).fill(key))],
  ["a key for the confirmation", { confirmKey: key }],
  ["none for the confirmation", { confirmKey: null }],
  ["a field that a later Floppy knows", { note: "x" }],
];

/** A device takes all but this: who wrote it would have had to say no. */
export const leftOut: Case[] = [
  ["a passphrase beyond ASCII", wifi("Bench", "schlüssel")],
  ["a passphrase with a line end", wifi("Bench", "12345678\n")],
  ["a passphrase with a tab", wifi("Bench", "1234\t5678")],
  ["a passphrase of seven characters", wifi("Bench", "1234567")],
  ["a passphrase of 64 characters that are no key", wifi("Bench", "x".repeat(64))],
  ["a key of 63 hexadecimal digits and a blank line", wifi("Bench", `${"0".repeat(64)}\n`)],
  ["an empty passphrase", wifi("Bench", "")],
  ["a number for a passphrase", wifi("Bench", 12345678)],
  ["no passphrase", { wifi: { ssid: "Bench" } }],
  ["a name of 20 Cyrillic letters", wifi("ж".repeat(20))],
  ["a name of 33 bytes", wifi("x".repeat(33))],
  ["a name of 32 letters, one of them beyond ASCII", wifi(`ü${"x".repeat(31)}`)],
  ["an empty name", wifi("")],
  ["a name with a line end", wifi("Bench\n")],
  ["a name with a zero byte", wifi("Bench\0")],
  ["a name with a control character beyond ASCII", wifi("Bench\u0085")],
  ["a name with a lost character", wifi("B\ufffdnch")],
  ["a word for Wi-Fi", { wifi: "Bench" }],
  ["a list for Wi-Fi", { wifi: [] }],
  ["a key with options before it", keys(key, `command="sh" ${key}`)],
  ["a key with a second line", keys(key, `${key}\n${key}`)],
  ["a key with a line end", keys(`${key}\n`)],
  ["a key with a tab", keys(`${kind}\t${blob}`)],
  ["a key whose comment has a control character", keys(`${key} \u001b[2J`)],
  ["a key of more than 8 KiB", keys(`${key} ${"x".repeat(8192)}`)],
  ["a file's name for a key", keys("id_ed25519.pub")],
  ["a private key", keys(hostKey.privateKey)],
  ["an empty key", keys("")],
  ["a number for a key", keys(7)],
];

/** A device takes nothing of it. */
export const refused: Case[] = [
  ["another version", { version: 2 }],
  ["a word for a version", { version: "1" }],
  ["a serial in small letters", { serial: "floppy-rpi-00042" }],
  ["a serial of six digits", { serial: "FLOPPY-RPI-000042" }],
  ["a serial with a line end", { serial: "FLOPPY-RPI-00042\n" }],
  ["a serial of other digits", { serial: "FLOPPY-RPI-0004٢" }],
  ["no serial", { serial: undefined }],
  ["a path for a host", { host: "../raspberry" }],
  ["a host of 32 letters", { host: "x".repeat(32) }],
  ["an empty role", { role: "" }],
  ["a role with a capital", { role: "Robot" }],
  ["a run id of 65 letters", { runId: "x".repeat(65) }],
  ["a run id with markup", { runId: "<a/>" }],
  ["a hostname of 64 letters", { hostname: "x".repeat(64) }],
  ["a hostname with a dot", { hostname: "floppy.local" }],
  ["a hostname that ends in a hyphen", { hostname: "floppy-" }],
  ["a hostname of two lines", { hostname: "floppy\nroot" }],
  ["null for a hostname", { hostname: null }],
  ["one key instead of a list", { authorizedKeys: key }],
  ["no keys", { authorizedKeys: undefined }],
  ["257 keys", keys(...Array(257).fill("ssh-rsa AAAA"))],
  ["more than the device reads", keys(...Array(100).fill(`ssh-rsa ${"A".repeat(800)}`))],
  ["a confirmation key with options", { confirmKey: `restrict ${key}` }],
  ["an empty confirmation key", { confirmKey: "" }],
];

export const withChange = (change: Record<string, unknown>) => ({ ...anIdentity, ...change });

function ascii(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, index) => String.fromCharCode(from + index)).join("");
}
