import { readFile } from "node:fs/promises";
import type { ImageFiles } from "#linux/image-basis.ts";
import { BmapCheck, BmapError, parseBmap } from "./bmap.ts";
import { bmapContradicts } from "./errors.ts";

/** Holds an image to the `.bmap` that lies beside it; to nothing where there is none. */
export type Sidecar = { push(piece: Buffer): void; finish(): void };

/** The map of an image of many TiB is smaller. */
const MOST_BYTES = 16 * 1024 ** 2;
const nothing: Sidecar = { push: () => undefined, finish: () => undefined };

/** The map of the first place that has one. */
export async function openSidecar({ sidecars }: Pick<ImageFiles, "sidecars">): Promise<Sidecar> {
  const found = sidecars.find(({ file }) => file !== null);
  if (!found?.file) return nothing;
  const { path } = found;
  if (found.file.bytes > MOST_BYTES) throw bmapContradicts(path, "nobody packs a map of that size");
  const held = <Result>(act: () => Result): Result => {
    try {
      return act();
    } catch (error) {
      throw error instanceof BmapError ? bmapContradicts(path, error.message) : error;
    }
  };
  const text = await readFile(path, "latin1");
  const check = held(() => new BmapCheck(parseBmap(text)));
  return { push: (piece) => held(() => check.push(piece)), finish: () => held(() => check.finish()) };
}
