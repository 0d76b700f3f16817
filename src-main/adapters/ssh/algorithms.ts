import type { Algorithms } from "ssh2";

/**
 * What is negotiated. Ciphers that authenticate by themselves only, the one that costs the least time first
 * (AES is in every processor that Floppy installs; ssh2's ChaCha is WebAssembly). No compression: a target could
 * send bombs.
 */
const strong = {
  kex: ["curve25519-sha256", "curve25519-sha256@libssh.org"],
  cipher: ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"],
  compress: ["none"],
} satisfies Algorithms;

/** For a login: host keys of the one kind that Floppy makes. */
export const loginAlgorithms: Algorithms = { ...strong, serverHostKey: ["ssh-ed25519"] };

/** To ask who is there: whatever kind of host key, ours first. */
export const askingAlgorithms: Algorithms = {
  ...strong,
  serverHostKey: [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
  ],
};
