/**
 * What a device takes as its identity, said once: zod parses by this table, and the device's own check
 * (`identity-problem.jq`) reads it as `nixos/scripts/lib/identity-rules.json`. The patterns mean the same to JavaScript
 * (with the flag u) as to jq.
 */
import { z } from "zod";

export type TextRule = {
  /** What all of the text matches. */
  pattern: string;
  /** In UTF-8. */
  mostBytes: number;
};

/** No control character, and nothing that was no text once: the sign for a character that was lost, or half of one. */
const character = "[^\\p{Cc}\\p{Cs}�]";

export const identityRules = {
  serial: { pattern: "FLOPPY-[A-Z]{3}-[0-9]{5}", mostBytes: 16 },
  /** Of a host or a role: both together, with a hyphen, are a label of DNS and the name of a target. */
  name: { pattern: "[a-z][a-z0-9-]*", mostBytes: 31 },
  runId: { pattern: "[A-Za-z0-9-]+", mostBytes: 64 },
  hostname: { pattern: "[a-z0-9]([a-z0-9-]*[a-z0-9])?", mostBytes: 63 },
  /** A line of authorized_keys without options: they would say what a key may do, and here a key may log in. */
  publicKey: {
    pattern: `(ssh|ecdsa|sk-)[a-z0-9@.-]* [A-Za-z0-9+/]+={0,2}( ${character}*)?`,
    mostBytes: 8192,
  },
  /** As IEEE 802.11 counts: bytes. */
  ssid: { pattern: `${character}+`, mostBytes: 32 },
  /** As IEEE 802.11i has it: a passphrase of printable ASCII, or the key that is made of one. */
  passphrase: { pattern: "[ -~]{8,63}|[0-9A-Fa-f]{64}", mostBytes: 64 },
} satisfies Record<string, TextRule>;

/** More are not taken: the file that carries them has an end. */
export const mostKeys = 256;
/** Of each file on the medium that the device reads its identity from (`lib/medium.sh`). */
export const mostFileBytes = 65_536;

/** Of a text in UTF-8. */
export function bytesOf(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** A text that keeps the rule; `words` say what is asked for. */
export function ruled({ pattern, mostBytes }: TextRule, words: string) {
  const form = new RegExp(`^(?:${pattern})$`, "u");
  return z.string().refine((text) => form.test(text) && bytesOf(text) <= mostBytes, words);
}
