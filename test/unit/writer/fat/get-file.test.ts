import { describe, expect, it } from "vitest";
import { FatError } from "../../../../src-main/writer/fat/errors.ts";
import { formatFat16 } from "../../../../src-main/writer/fat/format.ts";
import { getFile } from "../../../../src-main/writer/fat/get-file.ts";
import { putFiles } from "../../../../src-main/writer/fat/put-files.ts";
import { readAsNeeded } from "../../../../src-main/writer/fat/read-as-needed.ts";
import { MissingRange } from "../../../../src-main/writer/fat/volume.ts";

const MIB = 1024 ** 2;
/** Longer than a cluster, and no whole number of them. */
const long = Buffer.from(Array.from({ length: 5001 }, (_, index) => index % 251));

function volumeWith(files: Record<string, Buffer>): Buffer {
  const volume = formatFat16(16 * MIB, "FLOPPY", 1);
  const wanted = Object.entries(files).map(([path, content]) => ({ path, content }));
  for (const { offset, bytes } of putFiles([{ offset: 0, bytes: volume }], wanted, new Date(0)))
    bytes.copy(volume, offset);
  return volume;
}

describe("a file of a FAT file system", () => {
  const volume = volumeWith({ "floppy/identity.json": long, "floppy/none": Buffer.alloc(0) });
  const known = [{ offset: 0, bytes: volume }];

  it("is given as it was put, by the name it was put under, in any case", () => {
    expect(getFile(known, "floppy/identity.json", MIB)?.equals(long)).toBe(true);
    expect(getFile(known, "FLOPPY/Identity.JSON", MIB)?.equals(long)).toBe(true);
    expect(getFile(known, "floppy/none", MIB)).toEqual(Buffer.alloc(0));
  });

  it.each(["floppy/other", "other/identity.json", "floppy", "floppy/identity.json/more"])(
    "is none where nothing is called so: %s",
    (path) => {
      expect(getFile(known, path, MIB)).toBeNull();
    },
  );

  it("is none where there is no such file system", () => {
    expect(getFile([{ offset: 0, bytes: Buffer.alloc(MIB) }], "floppy/identity.json", MIB)).toBeNull();
  });

  it("is refused where it is larger than anyone wants it", () => {
    expect(() => getFile(known, "floppy/identity.json", 5000)).toThrow(FatError);
  });

  it("is refused where its chain runs in a circle", () => {
    const damaged = Buffer.from(volume);
    const table = 4 * 512;
    for (let cluster = 2; cluster < 10; cluster += 1) damaged.writeUInt16LE(cluster, table + cluster * 2);
    expect(() => getFile([{ offset: 0, bytes: damaged }], "floppy/identity.json", MIB)).toThrow(FatError);
  });

  it("takes no more of the drive than it needs", async () => {
    let read = 0;
    const content = await readAsNeeded(
      async ({ offset, bytes }) => {
        const piece = volume.subarray(offset, offset + Math.max(bytes, 64 * 1024));
        read += piece.length;
        return piece;
      },
      (seen) => getFile(seen, "floppy/identity.json", MIB),
    );
    expect(content?.equals(long)).toBe(true);
    expect(read).toBeLessThan(MIB / 2);
  });

  it("is given up where it asks for more than any real one needs", async () => {
    const endless = readAsNeeded(
      async ({ bytes }) => Buffer.alloc(bytes),
      () => {
        throw new MissingRange(0, 64 * MIB);
      },
    );
    await expect(endless).rejects.toThrow(FatError);
  });
});
