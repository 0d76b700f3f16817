/** Signatures as the tool minisign makes them: Ed25519 over a file, and over what the signer says about it. */
import { createPublicKey, verify } from "node:crypto";
import { blake2b } from "@noble/hashes/blake2.js";
import { withoutMark } from "#core/text/json.ts";

export type SignatureCheck = { valid: true; comment: string } | { valid: false; reason: string };

type Signature = {
  /** Over the file itself, or over its BLAKE2b-512. */
  algorithm: "Ed" | "ED";
  keyId: Buffer;
  signature: Buffer;
  comment: string;
  /** Over the signature and the comment. */
  commentSignature: Buffer;
};

const COMMENT = "trusted comment: ";
const ALGORITHM_BYTES = 2;
const KEY_ID_END = 10;
const SIGNATURE_BYTES = 64;

/** Every key begins with these bytes where it is written as DER. */
const derPrefix = Buffer.from("302a300506032b6570032100", "hex");

function bytesOf(line: string | undefined, length: number): Buffer | null {
  const bytes = Buffer.from(line ?? "", "base64");
  return bytes.length === length && bytes.toString("base64") === line ? bytes : null;
}

function parseSignature(text: string): Signature | null {
  const [untrusted, first, trusted, second] = withoutMark(text).split(/\r?\n/);
  const head = bytesOf(first, KEY_ID_END + SIGNATURE_BYTES);
  const commentSignature = bytesOf(second, SIGNATURE_BYTES);
  if (!untrusted?.startsWith("untrusted comment: ") || !trusted?.startsWith(COMMENT)) return null;
  const algorithm = head?.toString("latin1", 0, ALGORITHM_BYTES);
  if (!head || !commentSignature || (algorithm !== "Ed" && algorithm !== "ED")) return null;
  return {
    algorithm,
    keyId: head.subarray(ALGORITHM_BYTES, KEY_ID_END),
    signature: head.subarray(KEY_ID_END),
    comment: trusted.slice(COMMENT.length),
    commentSignature,
  };
}

/** `publicKey` as the second line of a minisign.pub; its shape was checked with the settings. */
export function checkSignature(file: Buffer, signatureText: string, publicKey: string): SignatureCheck {
  const parsed = parseSignature(signatureText);
  if (!parsed) return { valid: false, reason: "its signature is not one that minisign made." };
  const bytes = Buffer.from(publicKey, "base64");
  if (!parsed.keyId.equals(bytes.subarray(ALGORITHM_BYTES, KEY_ID_END)))
    return { valid: false, reason: "it was signed with another key than the one in Settings." };
  const key = createPublicKey({
    key: Buffer.concat([derPrefix, bytes.subarray(KEY_ID_END)]),
    format: "der",
    type: "spki",
  });
  // Electron's own crypto has no BLAKE2b-512.
  const signed = parsed.algorithm === "ED" ? blake2b(file) : file;
  if (!verify(null, signed, key, parsed.signature))
    return { valid: false, reason: "its signature does not fit: it was changed after it was signed." };
  const withComment = Buffer.concat([parsed.signature, Buffer.from(parsed.comment)]);
  if (!verify(null, withComment, key, parsed.commentSignature))
    return { valid: false, reason: "the comment of its signature was changed after it was signed." };
  return { valid: true, comment: parsed.comment };
}
