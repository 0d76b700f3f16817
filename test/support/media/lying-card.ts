/**
 * A card that lies or breaks, as an NBD server on stdin and stdout: nbdfuse makes a file of it, and a loop device
 * makes that file a true block device. The one argument is a `CardNature` as JSON.
 */
import { ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { Socket } from "node:net";

export type CardNature = {
  /** Where its bytes really lie. */
  store: string;
  /** What it says of itself. */
  sizeBytes: number;
  /** What it really holds, and what becomes of a write beyond: begun anew from 0, or dropped (zeros are read). */
  holds?: { bytes: number; beyond: "wraps" | "drops" };
  /** Reads and writes that touch one of these bytes fail. */
  brokenAt?: { offset: number; op: "read" | "write" }[];
  /** After so many written bytes every write fails, or is taken and forgotten. */
  readOnlyAfter?: { bytes: number; how: "fails" | "forgets" };
  /** After so many written bytes it takes only so many a second. */
  slowAfter?: { bytes: number; bytesPerSecond: number };
};

const EIO = 5;
const flags = { fixedNewstyle: 1, hasFlags: 1, sendFlush: 4 };
const commands = { read: 0, write: 1, disconnect: 2, flush: 3 };
const options = { exportName: 1, abort: 2, go: 7 };
const replies = { ack: 1, info: 3, unsupported: 0x80000001 };

const nature: CardNature = JSON.parse(process.argv[2] ?? "");
const store = openSync(nature.store, "a+");
ftruncateSync(store, Math.min(nature.sizeBytes, nature.holds?.bytes ?? nature.sizeBytes));
const file = openSync(nature.store, "r+");
const socket = new Socket({ fd: 0, readable: true, writable: true });
let writtenBytes = 0;

/** The pieces of a request as they lie in the store; null where there is nothing. */
function* pieces(
  offset: number,
  length: number,
): Generator<{ from: number; at: number | null; size: number }> {
  const { holds } = nature;
  for (let from = 0; from < length; ) {
    const position = offset + from;
    const end = holds ? (Math.floor(position / holds.bytes) + 1) * holds.bytes : Number.POSITIVE_INFINITY;
    const size = Math.min(length - from, end - position);
    const isBeyond = holds !== undefined && position >= holds.bytes;
    const at = !isBeyond ? position : holds.beyond === "wraps" ? position % holds.bytes : null;
    yield { from, at, size };
    from += size;
  }
}

function isBroken(op: "read" | "write", offset: number, length: number): boolean {
  const places = nature.brokenAt ?? [];
  return places.some((place) => place.op === op && place.offset >= offset && place.offset < offset + length);
}

function read(offset: number, length: number): Buffer | null {
  if (isBroken("read", offset, length)) return null;
  const bytes = Buffer.alloc(length);
  for (const { from, at, size } of pieces(offset, length)) {
    if (at !== null) readSync(file, bytes, from, size, at);
  }
  return bytes;
}

function write(offset: number, bytes: Buffer): boolean {
  const { readOnlyAfter } = nature;
  const isReadOnly = readOnlyAfter !== undefined && writtenBytes >= readOnlyAfter.bytes;
  writtenBytes += bytes.length;
  if (isReadOnly) return readOnlyAfter.how === "forgets";
  if (isBroken("write", offset, bytes.length)) return false;
  for (const { from, at, size } of pieces(offset, bytes.length)) {
    if (at !== null) writeSync(file, bytes, from, size, at);
  }
  return true;
}

async function waitAsSlow(bytes: number): Promise<void> {
  const { slowAfter } = nature;
  if (slowAfter === undefined || writtenBytes < slowAfter.bytes) return;
  await new Promise((done) => setTimeout(done, (bytes / slowAfter.bytesPerSecond) * 1000));
}

async function* received(): AsyncGenerator<Buffer, never, number> {
  let wanted = 0;
  let left: Buffer = Buffer.alloc(0);
  wanted = yield left;
  for await (const chunk of socket) {
    left = Buffer.concat([left, chunk]);
    while (left.length >= wanted) {
      const taken = left.subarray(0, wanted);
      left = left.subarray(wanted);
      wanted = yield taken;
    }
  }
  process.exit(0);
}

const stream = received();
await stream.next(0);
const take = async (bytes: number) => (await stream.next(bytes)).value;

function optionReply(option: number, type: number, data: Buffer): void {
  const head = Buffer.alloc(20);
  head.writeBigUInt64BE(0x3e889045565a9n, 0);
  head.writeUInt32BE(option, 8);
  head.writeUInt32BE(type, 12);
  head.writeUInt32BE(data.length, 16);
  socket.write(Buffer.concat([head, data]));
}

async function shakeHands(): Promise<void> {
  const greeting = Buffer.alloc(18);
  greeting.write("NBDMAGICIHAVEOPT", 0, "latin1");
  greeting.writeUInt16BE(flags.fixedNewstyle, 16);
  socket.write(greeting);
  await take(4);
  for (;;) {
    const head = await take(16);
    const option = head.readUInt32BE(8);
    await take(head.readUInt32BE(12));
    if (option === options.abort) process.exit(0);
    if (option !== options.go) {
      optionReply(option, replies.unsupported, Buffer.alloc(0));
      continue;
    }
    const info = Buffer.alloc(12);
    info.writeBigUInt64BE(BigInt(nature.sizeBytes), 2);
    info.writeUInt16BE(flags.hasFlags | flags.sendFlush, 10);
    optionReply(option, replies.info, info);
    optionReply(option, replies.ack, Buffer.alloc(0));
    return;
  }
}

function answer(cookie: Buffer, isDone: boolean, data: Buffer): void {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(0x67446698, 0);
  head.writeUInt32BE(isDone ? 0 : EIO, 4);
  socket.write(Buffer.concat([head, cookie, data]));
}

async function serve(): Promise<never> {
  for (;;) {
    const request = await take(28);
    const command = request.readUInt16BE(6);
    const cookie = Buffer.from(request.subarray(8, 16));
    const offset = Number(request.readBigUInt64BE(16));
    const length = request.readUInt32BE(24);
    if (command === commands.disconnect) process.exit(0);
    if (command === commands.read) {
      const bytes = read(offset, length);
      answer(cookie, bytes !== null, bytes ?? Buffer.alloc(0));
    } else if (command === commands.write) {
      const bytes = await take(length);
      await waitAsSlow(length);
      answer(cookie, write(offset, bytes), Buffer.alloc(0));
    } else answer(cookie, command === commands.flush, Buffer.alloc(0));
  }
}

await shakeHands();
await serve();
