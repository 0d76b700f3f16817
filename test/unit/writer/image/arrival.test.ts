import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { Arrival } from "../../../../src-main/writer/image/arrival.ts";
import { openArrivingFile, refuseChanged } from "../../../../src-main/writer/image/image-file.ts";
import { createReader } from "../../../../src-main/writer/image/reader.ts";
import { fakeInspection } from "../../../support/fake-ports.ts";

const folder = mkdtempSync(join(tmpdir(), "floppy-arrival-"));
afterAll(() => rmSync(folder, { recursive: true }));
const part = join(folder, "bytes");
const image = fakeInspection({ fileBytes: 8, sizeBytes: 8 });

/** Whether it has settled by the time that everything which could settle it has run. */
async function isPending(work: Promise<unknown>): Promise<boolean> {
  const turns = async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    return true;
  };
  return Promise.race([work.then(() => false), turns()]);
}

describe("a file that is being downloaded", () => {
  let arrival: Arrival;
  beforeEach(() => {
    arrival = new Arrival();
    writeFileSync(part, "");
  });

  it("is read as far as it was told to be there, and no further", async () => {
    const file = await openArrivingFile(image, part, arrival);
    const read = createReader(file, image.sizeBytes);
    const buffer = Buffer.alloc(4);
    // The file may be longer than what was told of it: what is behind is not written yet.
    writeFileSync(part, "abcd????");
    const first = read(buffer);
    expect(await isPending(first)).toBe(true);
    arrival.grow(4);
    expect(await first).toBe(4);
    expect(buffer.toString()).toBe("abcd");
    const second = read(buffer);
    expect(await isPending(second)).toBe(true);
    writeFileSync(part, "abcdefgh");
    arrival.grow(8);
    await second;
    expect(buffer.toString()).toBe("efgh");
    expect(await read(buffer)).toBe(0);
    await file.handle.close();
  });

  it("is found where it lies when it is whole, which may have been a moment ago", async () => {
    const whole = join(folder, "robot.img");
    writeFileSync(whole, "abcdefgh");
    arrival.complete();
    const file = await openArrivingFile({ ...image, path: whole }, join(folder, "gone"), arrival);
    expect(await createReader(file, image.sizeBytes)(Buffer.alloc(8))).toBe(8);
    await file.handle.close();
  });

  it("is waited for again where its download begins anew", async () => {
    arrival.grow(8);
    arrival.grow(0);
    expect(await isPending(arrival.reaches(1))).toBe(true);
  });

  it("is not what was meant before that was said, though all of it is there", async () => {
    const file = await openArrivingFile(image, part, arrival);
    arrival.grow(8);
    const settled = refuseChanged(file);
    expect(await isPending(settled)).toBe(true);
    arrival.complete();
    await settled;
    await file.handle.close();
  });

  it("that is cut off where it was whole is no image", async () => {
    const file = await openArrivingFile(image, part, arrival);
    writeFileSync(part, "abc");
    arrival.complete();
    await expect(createReader(file, image.sizeBytes)(Buffer.alloc(8))).rejects.toMatchObject({
      code: "IMAGE_CHANGED",
    });
    await file.handle.close();
  });
});
