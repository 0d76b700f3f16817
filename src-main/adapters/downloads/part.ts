/** A download that is not whole yet: its bytes, their hash so far, and where they came from. */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { makeFolder } from "#linux/make-folder.ts";
import { currentOwner, judgeOwner, type Owner } from "../inventory/owner.ts";

const origin = z.object({ url: z.string(), etag: z.string().nullable() });
export type Origin = z.infer<typeof origin>;

export type Part = {
  /** Where its bytes lie. */
  file: string;
  position(): number;
  origin(): Origin | null;
  comesFrom(origin: Origin): Promise<void>;
  write(chunk: Buffer): Promise<void>;
  /** Forgets all that arrived. */
  restart(): Promise<void>;
  sha256(): string;
  /** Becomes the whole file, in one step; the part is over then. */
  finish(file: string): Promise<void>;
  /** Lets go of it; the bytes stay for the next one. */
  close(): Promise<void>;
};

const SUFFIX = ".part";

function folderName(sha256: string, { bootId, pid, start }: Owner): string {
  return `${sha256}.${bootId}.${pid}.${start}${SUFFIX}`;
}

/** Whose part it is, by its name: `this`, `other` or `dead`; null for what is no part. */
export function ownerOfPart(name: string, me: Owner): "this" | "other" | "dead" | null {
  const [, bootId, pid, start] = name.slice(0, -SUFFIX.length).split(".");
  if (!name.endsWith(SUFFIX) || !bootId || !pid || !start) return null;
  return judgeOwner({ bootId, pid: Number(pid), start }, me);
}

async function bytesIn(folder: string): Promise<number> {
  const found = await stat(join(folder, "bytes")).catch(() => null);
  return found?.size ?? 0;
}

/** A process that died left the beginning: the longest one is taken over, by a rename that only one can win. */
async function adopt(parent: string, sha256: string, own: string, me: Owner): Promise<void> {
  const names = (await readdir(parent)).filter(
    (name) => name.startsWith(`${sha256}.`) && ownerOfPart(name, me) === "dead",
  );
  const left = await Promise.all(
    names.map(async (name) => ({ folder: join(parent, name), bytes: await bytesIn(join(parent, name)) })),
  );
  for (const { folder } of left.toSorted((one, other) => other.bytes - one.bytes)) {
    const won = await rename(folder, own).then(
      () => true,
      () => false,
    );
    if (won) return;
  }
}

async function hashBeginning(file: string): Promise<{ hash: Hash; position: number }> {
  const hash = createHash("sha256");
  let position = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 ** 2 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    position += chunk.length;
  }
  return { hash, position };
}

async function readOrigin(file: string): Promise<Origin | null> {
  try {
    return origin.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return null;
  }
}

/** Opens this process's part of an image, with what it or a dead process left; its bytes are hashed anew. */
export async function openPart(parent: string, sha256: string): Promise<Part> {
  const me = currentOwner();
  const own = join(parent, folderName(sha256, me));
  makeFolder(parent);
  if (!(await stat(own).catch(() => null))) await adopt(parent, sha256, own, me);
  makeFolder(own);
  const file = join(own, "bytes");
  const handle = await open(file, "a");
  try {
    return partOver(handle, {
      own,
      file,
      ...(await hashBeginning(file)),
      from: await readOrigin(originOf(own)),
    });
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

const originOf = (folder: string) => join(folder, "origin.json");

type Beginning = { own: string; file: string; hash: Hash; position: number; from: Origin | null };

function partOver(handle: FileHandle, { own, file, ...beginning }: Beginning): Part {
  let { hash, position, from } = beginning;
  return {
    file,
    position: () => position,
    origin: () => from,
    async comesFrom(next) {
      from = next;
      await writeFile(originOf(own), JSON.stringify(next));
    },
    async write(chunk) {
      await handle.appendFile(chunk);
      hash.update(chunk);
      position += chunk.length;
    },
    async restart() {
      await handle.truncate(0);
      hash = createHash("sha256");
      position = 0;
    },
    sha256: () => hash.copy().digest("hex"),
    async finish(target) {
      await handle.sync();
      await rename(file, target);
      await rm(own, { recursive: true, force: true });
    },
    close: () => handle.close(),
  };
}
