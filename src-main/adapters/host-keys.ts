import ssh2 from "ssh2";
import type { HostKey, HostKeys } from "#core/ports/targets.ts";

/** Bytes of an ed25519 public key as SSH encodes it: the name and 32 bytes, each after its length. */
const PUBLIC_KEY_BYTES = 51;

type Generate = (comment: string) => { private: string; public: string };

function generateEd25519(comment: string) {
  return ssh2.utils.generateKeyPairSync("ed25519", { comment });
}

function isWhole(publicKey: string): boolean {
  return Buffer.from(publicKey.split(" ")[1] ?? "", "base64").length === PUBLIC_KEY_BYTES;
}

/**
 * Ed25519 keys in OpenSSH's format.
 * ssh2 drops a public key's leading zero bytes: one key in 256 comes out too short for sshd, and another is made.
 */
export function createHostKeys(generate: Generate = generateEd25519): HostKeys {
  return {
    generate(comment): HostKey {
      for (;;) {
        const pair = generate(comment);
        if (isWhole(pair.public)) return { privateKey: pair.private, publicKey: pair.public };
      }
    },
  };
}
