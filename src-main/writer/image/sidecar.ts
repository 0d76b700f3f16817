import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, extname, join, parse } from "node:path";
import { BmapCheck, BmapError, parseBmap } from "./bmap.ts";
import { bmapContradicts } from "./errors.ts";

/** Holds an image to the `.bmap` that lies beside it; to nothing where there is none. */
export type Sidecar = { push(piece: Buffer): void; finish(): void };

/** What nobody packs into one. */
const MOST_BYTES = 16 * 1024 ** 2;
const nothing: Sidecar = { push: () => undefined, finish: () => undefined };

/** `card.img.xz` has its map in `card.img.xz.bmap`, `card.img.bmap` or `card.bmap`. */
function* namesFor(path: string): Generator<string> {
  for (let name = parse(path).base; name !== ""; name = parse(name).name) {
    yield `${name}.bmap`;
    if (extname(name) === "") return;
  }
}

async function findFor(path: string): Promise<string | null> {
  const folder = dirname(path);
  const there = await readdir(folder).catch(() => []);
  for (const name of namesFor(path)) {
    // However its ending is written; that of the very name first.
    const alike = there.filter((other) => other.toLowerCase() === name.toLowerCase());
    for (const one of alike.toSorted((other) => (other === name ? -1 : 1))) {
      const found = await stat(join(folder, one)).catch(() => null);
      if (found?.isFile() && found.size <= MOST_BYTES) return join(folder, one);
    }
  }
  return null;
}

export async function openSidecar(image: string): Promise<Sidecar> {
  const path = await findFor(image);
  if (path === null) return nothing;
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
