import type { Behind } from "./behind.ts";

/** A run of bytes of one zstd frame; `last` closes the frame. */
export type FramePart = { bytes: Buffer; last: boolean };

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;

type Step =
  | { at: "magic" }
  | { at: "descriptor" }
  | { at: "header"; bytes: number; checksum: boolean }
  | { at: "block"; checksum: boolean }
  | { at: "content"; bytes: number; after: Step }
  | { at: "end" }
  | { at: "skippable size" }
  | { at: "skip"; bytes: number }
  | { at: "behind" };

/**
 * Finds where each zstd frame ends (RFC 8878, section 3.1), without decoding. Node's decoder stops after the
 * first frame and drops the rest in silence, so each frame has to get a decoder of its own.
 */
export class ZstdFrameSplitter {
  readonly #behind: Behind | null;
  #step: Step = { at: "magic" };
  #pending = Buffer.alloc(0);
  #frames = 0;

  constructor(behind: Behind | null = null) {
    this.#behind = behind;
  }

  /** Whether the bytes so far end between two frames. */
  get complete(): boolean {
    return this.#step.at === "behind" || (this.#step.at === "magic" && this.#pending.length === 0);
  }

  /** At the end of the file: too few bytes for another frame are none. */
  finish(): void {
    if (this.#step.at !== "magic" || this.#frames === 0) return;
    this.#leave(this.#pending);
  }

  /** Throws where a frame should begin and none does, unless somebody takes what lies behind them. */
  *push(chunk: Buffer): Generator<FramePart> {
    let rest = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let frameStart = 0;
    let position = 0;
    for (;;) {
      if (this.#isBehind(rest.subarray(position))) return this.#leave(rest.subarray(position));
      const available = rest.length - position;
      if (hasToWait(this.#step, available)) break;
      const taken = Math.min(wantedBytes(this.#step), available);
      const field = rest.subarray(position, position + taken);
      position += taken;
      const skipping = isSkipped(this.#step) || startsSkippable(this.#step, field);
      this.#step = next(this.#step, field);
      if (skipping) frameStart = position;
      if (this.#step.at === "end") {
        yield { bytes: rest.subarray(frameStart, position), last: true };
        frameStart = position;
        this.#step = { at: "magic" };
        this.#frames += 1;
      }
    }
    if (position > frameStart) yield { bytes: rest.subarray(frameStart, position), last: false };
    rest = rest.subarray(position);
    this.#pending = Buffer.from(rest);
  }

  #isBehind(bytes: Buffer): boolean {
    if (this.#step.at === "behind") return true;
    if (this.#behind === null || this.#frames === 0 || this.#step.at !== "magic" || bytes.length < 4)
      return false;
    const magic = bytes.readUInt32LE(0);
    return magic !== FRAME_MAGIC && !isSkippableMagic(magic);
  }

  #leave(bytes: Buffer): void {
    this.#behind?.push(bytes);
    this.#pending = Buffer.alloc(0);
    this.#step = { at: "behind" };
  }
}

/** Content is taken as it comes, all else whole. */
function hasToWait(step: Step, available: number): boolean {
  const wanted = wantedBytes(step);
  if (step.at === "content" || step.at === "skip") return available === 0 && wanted > 0;
  return available < wanted;
}

function wantedBytes(step: Step): number {
  switch (step.at) {
    case "magic":
    case "skippable size":
      return 4;
    case "descriptor":
      return 1;
    case "block":
      return 3;
    case "end":
    case "behind":
      return 0;
    default:
      return step.bytes;
  }
}

function isSkipped(step: Step): boolean {
  return step.at === "skippable size" || step.at === "skip";
}

function startsSkippable(step: Step, field: Buffer): boolean {
  return step.at === "magic" && isSkippableMagic(field.readUInt32LE(0));
}

function isSkippableMagic(magic: number): boolean {
  return (magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC;
}

function next(step: Step, field: Buffer): Step {
  switch (step.at) {
    case "magic":
      return afterMagic(field.readUInt32LE(0));
    case "descriptor":
      return afterDescriptor(field.readUInt8(0));
    case "header":
      return { at: "block", checksum: step.checksum };
    case "block":
      return afterBlockHeader(field.readUIntLE(0, 3), step.checksum);
    case "content":
      return step.bytes === field.length ? step.after : { ...step, bytes: step.bytes - field.length };
    case "skippable size":
      return { at: "skip", bytes: field.readUInt32LE(0) };
    case "skip":
      return step.bytes === field.length ? { at: "magic" } : { ...step, bytes: step.bytes - field.length };
    case "end":
      return { at: "magic" };
    case "behind":
      return step;
  }
}

function afterMagic(magic: number): Step {
  if (isSkippableMagic(magic)) return { at: "skippable size" };
  if (magic !== FRAME_MAGIC) throw new NotAFrame();
  return { at: "descriptor" };
}

export class NotAFrame extends Error {
  override name = "NotAFrame";
}

function afterDescriptor(descriptor: number): Step {
  const singleSegment = (descriptor & 0x20) !== 0;
  const contentSizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  return {
    at: "header",
    bytes: (singleSegment ? 0 : 1) + dictionaryBytes + contentSizeBytes,
    checksum: (descriptor & 0x04) !== 0,
  };
}

function afterBlockHeader(header: number, checksum: boolean): Step {
  const last = (header & 1) !== 0;
  const runLength = ((header >> 1) & 3) === 1;
  const after: Step = last ? afterLastBlock(checksum) : { at: "block", checksum };
  return { at: "content", bytes: runLength ? 1 : header >> 3, after };
}

function afterLastBlock(checksum: boolean): Step {
  return checksum ? { at: "content", bytes: 4, after: { at: "end" } } : { at: "end" };
}
