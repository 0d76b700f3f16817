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
  | { at: "skip"; bytes: number };

/**
 * Finds where each zstd frame ends (RFC 8878, section 3.1), without decoding. Node's decoder stops after the
 * first frame and drops the rest in silence, so each frame has to get a decoder of its own.
 */
export class ZstdFrameSplitter {
  #step: Step = { at: "magic" };
  #pending = Buffer.alloc(0);

  /** Whether the bytes so far end between two frames. */
  get complete(): boolean {
    return this.#step.at === "magic" && this.#pending.length === 0;
  }

  /** Throws where a frame should begin and none does. */
  *push(chunk: Buffer): Generator<FramePart> {
    let rest = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let frameStart = 0;
    let position = 0;
    for (;;) {
      const wanted = wantedBytes(this.#step);
      const bulk = this.#step.at === "content" || this.#step.at === "skip";
      const available = rest.length - position;
      if (available < wanted && !bulk) break;
      if (bulk && available === 0 && wanted > 0) break;
      const taken = Math.min(wanted, available);
      const field = rest.subarray(position, position + taken);
      position += taken;
      const skipping = isSkipped(this.#step) || startsSkippable(this.#step, field);
      this.#step = next(this.#step, field);
      if (skipping) frameStart = position;
      if (this.#step.at === "end") {
        yield { bytes: rest.subarray(frameStart, position), last: true };
        frameStart = position;
        this.#step = { at: "magic" };
      }
    }
    if (position > frameStart) yield { bytes: rest.subarray(frameStart, position), last: false };
    rest = rest.subarray(position);
    this.#pending = Buffer.from(rest);
  }
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
