import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Inspection } from "#contract/images.ts";
import { detectFormat } from "#core/images/format.ts";
import { basisOf, stateOf } from "#linux/image-basis.ts";
import { ContentHash } from "./digest.ts";
import { imageEmpty, imageFormatUnknown, imageOutdated } from "./image/errors.ts";
import { FirmwareFinder } from "./image/firmware.ts";
import { type ImageFile, openForInspection } from "./image/image-file.ts";
import { isRecognised } from "./image/recognise.ts";
import { openSidecar } from "./image/sidecar.ts";
import { unpack } from "./image/unpack.ts";
import { isMarkedPractice } from "./practice/mark.ts";
import { type Emit, reportProgress } from "./progress.ts";

/** Reads an image through to its end, so that nothing about it is believed that was not counted. */
export async function inspect(path: string, emit: Emit): Promise<Inspection> {
  // The writer that flashes it may be started in another folder.
  const absolute = resolve(path);
  const { file, files } = await openForInspection(absolute);
  const hash = createHash("sha256");
  const content = new ContentHash();
  const firmware = new FirmwareFinder();
  let read = 0;
  let sizeBytes = 0;
  const observe = (chunk: Buffer) => {
    hash.update(chunk);
    read += chunk.length;
  };
  const stopReporting = reportProgress("inspect", file.fileBytes, () => read, emit);
  try {
    const sidecar = await openSidecar(files);
    for await (const chunk of unpack(file, { observe })) {
      firmware.push(chunk);
      content.push(chunk);
      sidecar.push(chunk);
      sizeBytes += chunk.length;
    }
    if (read !== file.fileBytes) throw imageOutdated(file.path);
    await refuseTouched(file);
    sidecar.finish();
  } finally {
    stopReporting();
    await file.handle.close();
  }
  if (sizeBytes === 0) throw imageEmpty();
  refuseWrapped(file, firmware.head);
  return {
    path: file.path,
    format: file.format,
    fileBytes: file.fileBytes,
    modifiedMs: file.modifiedMs,
    basis: await basisOf(files),
    sizeBytes,
    sha256: hash.digest("hex"),
    contentHash: content.finish(),
    firmware: firmware.finish(),
    ...(!isRecognised(firmware.head) && { unrecognised: true }),
    ...(isMarkedPractice(firmware.head) && { practice: true }),
  };
}

/** What was read while somebody was at the file is neither the old image nor the new one. */
async function refuseTouched({ path, handle, state }: ImageFile): Promise<void> {
  const now = stateOf(await handle.stat({ bigint: true }));
  if (!isDeepStrictEqual(now, state)) throw imageOutdated(path);
}

/** An archive in a compressed file is no more an image than one without. */
function refuseWrapped(file: ImageFile, head: Buffer): void {
  if (file.format === "raw") return;
  const inside = detectFormat(head, Buffer.alloc(0));
  if (inside.kind === "refused") throw imageFormatUnknown(inside.name, "holds");
  if (inside.format !== "raw") throw imageFormatUnknown(`another ${inside.format} file`, "holds");
}
