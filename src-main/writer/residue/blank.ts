import { differences } from "../differences.ts";
import { verifyFailed } from "../drive/errors.ts";
import { isMediumError, type Medium } from "../probe/medium.ts";
import type { Place } from "./places.ts";

const CHUNK_BYTES = 1024 ** 2;

/** Sees to it that a drive holds zeros at these places. What does already is read only; what did not, is read back. */
export async function blank(medium: Medium, places: Place[]): Promise<void> {
  if (places.length === 0) return;
  const zeros = medium.buffer(CHUNK_BYTES);
  const found = medium.buffer(CHUNK_BYTES);
  const old = async ({ offset, length }: Place): Promise<Place[]> => {
    const [wanted, bytes] = [zeros.subarray(0, length), found.subarray(0, length)];
    await medium.read(bytes, offset);
    const parts = differences(wanted, bytes);
    return parts.map(({ start, end }) => ({ offset: offset + start, length: end - start }));
  };
  const written: Place[] = [];
  for (const piece of places.flatMap(inChunks)) {
    for (const part of await old(piece).catch((error) => unreadable(error, piece))) {
      await medium.write(zeros.subarray(0, part.length), part.offset);
      written.push(part);
    }
  }
  if (written.length === 0) return;
  await medium.sync();
  for (const part of written) {
    const [bad] = await old(part);
    if (bad) throw verifyFailed(medium.path, bad.offset);
  }
}

/** As far as a drive lets it be done that may be a bad one. */
export async function blankWhatCanBe(medium: Medium, places: Place[]): Promise<void> {
  for (const piece of places.flatMap(inChunks)) await blank(medium, [piece]).catch(() => undefined);
}

/** Writing may mend it, and reading back will tell. */
function unreadable(error: unknown, piece: Place): Place[] {
  if (isMediumError(error)) return [piece];
  throw error;
}

function inChunks({ offset, length }: Place): Place[] {
  const starts = Array.from({ length: Math.ceil(length / CHUNK_BYTES) }, (_, index) => index * CHUNK_BYTES);
  return starts.map((start) => ({ offset: offset + start, length: Math.min(CHUNK_BYTES, length - start) }));
}
