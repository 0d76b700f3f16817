import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import lzma from "lzma-native";
import { findXz, type SystemXz, XZ_MEMORY_BYTES } from "#linux/system-xz.ts";
import { imageDamaged, imageTruncated, imageWindowTooLarge, unpackingEnded, xzTooOld } from "./errors.ts";
import { type Chunks, feed, through } from "./through.ts";
import { BLOCK_HEADER_BYTES, laterFilters } from "./xz-filters.ts";

/** What lzma-native fills: about what a slice unpacks to. */
export const XZ_OUTPUT_BYTES = 64 * 1024;
const STREAM_HEADER_BYTES = 12;
const SLICE_BYTES = { usual: 1024, dense: 512 };
const DENSE_RATIO = 256;

type Program = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * By the system's own xz, which takes half the time, on all cores where the file is made of blocks, and waits where its
 * reader does; where there is none, by lzma-native.
 */
export async function* unxz(chunks: Chunks, program = "xz"): AsyncGenerator<Buffer> {
  const beginning = Buffer.alloc(STREAM_HEADER_BYTES + BLOCK_HEADER_BYTES);
  const kept = keepingBeginning(chunks, beginning);
  const xz = await findXz(program);
  try {
    yield* xz ? unxzBy(xz, kept) : throughLibrary(kept);
  } catch (error) {
    throw isUnsupported(error) ? xzTooOld(laterFilters(beginning.subarray(STREAM_HEADER_BYTES))) : error;
  }
}

/** By the system's xz, whatever it makes of the file: it throws `Unsupported` where it lacks a filter. */
export async function* unxzBy({ program, options, env }: SystemXz, chunks: Chunks): AsyncGenerator<Buffer> {
  const child = spawn(program, options, { env, stdio: "pipe" });
  await once(child, "spawn");
  yield* throughProgram(child, chunks);
}

/** What a decoder says of a filter that it does not know. */
class Unsupported extends Error {
  override name = "Unsupported";
}

/** liblzma's LZMA_OPTIONS_ERROR. */
const LZMA_LACKS_OPTION = 8;

export function isUnsupported(error: unknown): boolean {
  if (error instanceof Unsupported) return true;
  return error instanceof Error && "code" in error && error.code === LZMA_LACKS_OPTION;
}

async function* keepingBeginning(chunks: Chunks, beginning: Buffer): AsyncGenerator<Buffer> {
  let kept = 0;
  for await (const chunk of chunks) {
    kept += chunk.copy(beginning, kept);
    yield chunk;
  }
}

async function* throughProgram(child: Program, chunks: Chunks): AsyncGenerator<Buffer> {
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  const ended: Promise<[code: number | null, signal: string | null]> = once(child, "close") as never;
  const fed = feedProgram(child, chunks);
  // Whoever reads no further does not ask how the rest went.
  fed.catch(() => undefined);
  try {
    yield* child.stdout;
    await fed;
    const [code, signal] = await ended;
    if (code !== 0) throw refusal(said, signal);
  } finally {
    child.kill("SIGKILL");
  }
}

const gone = ["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED"];

/** Where it has ended early, its exit code says why. */
async function feedProgram(child: Program, chunks: Chunks): Promise<void> {
  child.stdin.on("error", () => undefined);
  await feed(child.stdin, chunks).catch((error) => {
    if (gone.includes(error.code)) return;
    child.kill("SIGKILL");
    throw error;
  });
}

function refusal(said: string, signal: string | null): Error {
  if (signal !== null) return unpackingEnded(`xz was ended by ${signal}`);
  if (/Cannot allocate memory/.test(said)) return unpackingEnded("there is not enough memory");
  const [, reason = said] = /^xz: \(stdin\): (.*)$/m.exec(said) ?? [];
  if (reason.includes("Memory usage limit reached")) return imageWindowTooLarge();
  if (reason.includes("Unsupported options")) return new Unsupported(reason);
  return reason.includes("Unexpected end of input") ? imageTruncated() : imageDamaged(reason.trim());
}

async function* throughLibrary(chunks: Chunks): AsyncGenerator<Buffer> {
  const decoder = lzma.createDecompressor({ bufsize: XZ_OUTPUT_BYTES, memlimit: XZ_MEMORY_BYTES });
  yield* through(
    decoder,
    slices(chunks, () => decoder.totalOut()),
  );
}

/**
 * lzma-native unpacks all of a slice before it waits, and a run of zeros unpacks to seven thousand times its size;
 * slices that are always as small as that asks for take twice the time.
 */
async function* slices(chunks: Chunks, unpackedBytes: () => number): AsyncGenerator<Buffer> {
  let length = SLICE_BYTES.usual;
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0; ) {
      const before = unpackedBytes();
      yield rest.subarray(0, length);
      rest = rest.subarray(length);
      const dense = unpackedBytes() - before > length * DENSE_RATIO;
      length = dense ? SLICE_BYTES.dense : SLICE_BYTES.usual;
    }
  }
}
