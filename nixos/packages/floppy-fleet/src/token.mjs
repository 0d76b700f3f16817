// The token that every request must bear.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { replaceFile } from "./state-file.mjs";

const shortest = 16;

/**
 * @param {string} file
 * @param {boolean} make Whether to make one if there is no file.
 * @returns {Promise<string>}
 */
export async function readToken(file, make) {
  if (make && !existsSync(file)) await replaceFile(file, `${randomBytes(32).toString("hex")}\n`);
  const token = (await readFile(file, "utf8")).trim();
  if (token.length < shortest)
    throw new Error(`The token in ${file} is shorter than ${shortest} characters.`);
  return token;
}

/** @param {string} value */
const digest = (value) => createHash("sha256").update(value).digest();

/**
 * Whether a request's Authorization header bears the token; takes as long for any wrong one.
 * @param {string} token
 * @param {string | undefined} header
 */
export function bears(token, header) {
  return timingSafeEqual(digest(`Bearer ${token}`), digest(header ?? ""));
}
