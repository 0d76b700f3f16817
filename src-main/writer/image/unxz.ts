import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import lzma from "lzma-native";
import { imageDamaged, imageTruncated, unpackingEnded } from "./errors.ts";
import { findXz } from "./system-xz.ts";
import { type Chunks, feed, through } from "./through.ts";

/** What lzma-native fills: about what a slice unpacks to. */
export const XZ_OUTPUT_BYTES = 64 * 1024;
const SLICE_BYTES = { usual: 1024, dense: 512 };
const DENSE_RATIO = 256;

type Program = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * By the system's own xz, which takes half the time, on all cores where the file is made of blocks, and waits where its
 * reader does; where there is none, by lzma-native.
 */
export async function* unxz(chunks: Chunks, program = "xz"): AsyncGenerator<Buffer> {
  const child = await start(program);
  yield* child ? throughProgram(child, chunks) : throughLibrary(chunks);
}

async function start(program: string): Promise<Program | null> {
  const xz = await findXz(program);
  if (!xz) return null;
  const child = spawn(xz.program, xz.options, { env: xz.env, stdio: "pipe" });
  await once(child, "spawn");
  return child;
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
  return reason.includes("Unexpected end of input") ? imageTruncated() : imageDamaged(reason.trim());
}

async function* throughLibrary(chunks: Chunks): AsyncGenerator<Buffer> {
  const decoder = lzma.createDecompressor({ bufsize: XZ_OUTPUT_BYTES });
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
