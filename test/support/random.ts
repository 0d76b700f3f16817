import { createHash } from "node:crypto";

/** A generator of random cases that gives the same ones for the same seed. */
export type Random = {
  /** From 0 up to, not including, `limit`. */
  below(limit: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
  fill(bytes: Buffer): Buffer;
};

/** Bob Jenkins' small generator: four words of state. */
export function createRandom(seed: number): Random {
  let [a, b, c, d] = [0xf1ea5eed, seed >>> 0, seed >>> 0, seed >>> 0];
  const rotate = (word: number, by: number) => ((word << by) | (word >>> (32 - by))) >>> 0;
  const next = () => {
    const e = (a - rotate(b, 27)) >>> 0;
    a = (b ^ rotate(c, 17)) >>> 0;
    b = (c + d) >>> 0;
    c = (d + e) >>> 0;
    d = (e + a) >>> 0;
    return d;
  };
  for (let round = 0; round < 20; round += 1) next();
  const below = (limit: number) => Math.floor((next() / 2 ** 32) * limit);
  return {
    below,
    chance: (probability) => next() / 2 ** 32 < probability,
    pick: (items) => items[below(items.length)] ?? items[0],
    fill(bytes) {
      for (let filled = 0; filled < bytes.length; ) {
        filled += noise.copy(bytes, filled, below(noise.length - 1));
      }
      return bytes;
    },
  };
}

/** Made once: a generator in JavaScript is too slow for megabytes. The same in every process. */
const noise = Buffer.from(
  Array.from({ length: 2 ** 15 }, (_, index) =>
    createHash("sha256").update(String(index)).digest("hex"),
  ).join(""),
  "hex",
);

/** Given by SEED, to see a failure again; else another one each time. */
export function chooseSeed(): number {
  return Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
}
