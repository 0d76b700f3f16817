import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { BmapCheck, parseBmap } from "../../../../src-main/writer/image/bmap.ts";

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const image = Buffer.concat([
  Buffer.alloc(4096, 1),
  Buffer.alloc(8192),
  Buffer.alloc(4096, 2),
  Buffer.from("end"),
]);

/** As bmaptool writes it, with a right checksum of its own unless told otherwise. */
function bmap(
  ranges: string,
  { size = String(image.length), version = "2.0", type = "sha256" } = {},
): string {
  const text = (own: string) =>
    `<bmap version="${version}"><ImageSize> ${size} </ImageSize><BlockSize> 4096 </BlockSize>
     <ChecksumType> ${type} </ChecksumType><BmapFileChecksum> ${own} </BmapFileChecksum>
     <BlockMap>${ranges}</BlockMap></bmap>`;
  return text(sha256(Buffer.from(text("0".repeat(64)))));
}

const range = (bytes: Buffer, blocks: string) => `<Range chksum="${sha256(bytes)}"> ${blocks} </Range>`;
const right = [range(image.subarray(0, 4096), "0"), range(image.subarray(12_288), "3-4")].join("\n");

function check(text: string, content: Buffer, pieceBytes: number): void {
  const held = new BmapCheck(parseBmap(text));
  for (let at = 0; at < content.length; at += pieceBytes) held.push(content.subarray(at, at + pieceBytes));
  held.finish();
}

describe("a .bmap", () => {
  it.each([1, 1000, 4096, 5000, 100_000])(
    "holds its image to what it says, in pieces of %d bytes",
    (piece) => {
      expect(() => check(bmap(right), image, piece)).not.toThrow();
      const other = Buffer.from(image);
      other.writeUInt8(9, 13_000);
      expect(() => check(bmap(right), other, piece)).toThrow("from byte 12288 on");
    },
  );

  it("does not mind what lies where nothing is mapped", () => {
    const other = Buffer.from(image);
    other.writeUInt8(9, 5000);
    expect(() => check(bmap(right), other, 1000)).not.toThrow();
  });

  it("may name ranges without a checksum", () => {
    expect(() => check(bmap("<Range> 0-4 </Range>"), image, 1000)).not.toThrow();
  });

  it.each([
    ["an image that ends early", () => check(bmap(right), image.subarray(0, 12_288), 1000), "bytes, not"],
    ["another version", () => parseBmap(bmap(right, { version: "3.0" })), "no version"],
    ["another kind of checksum", () => parseBmap(bmap(right, { type: "md5" })), "md5"],
    ["a size that is none", () => parseBmap(bmap(right, { size: "-1" })), "ImageSize"],
    ["ranges out of order", () => parseBmap(bmap("<Range> 3 </Range><Range> 0 </Range>")), "order"],
    ["a range beyond the image", () => parseBmap(bmap("<Range> 90-91 </Range>")), "order"],
    ["a range that cannot be read", () => parseBmap(bmap('<Range a="b"> 0 </Range>')), "cannot be read"],
    ["a change in itself", () => parseBmap(bmap(right).replace("4096", "4097")), "was changed"],
    ["nothing in it", () => parseBmap(""), "no version"],
  ])("is refused with %s", (_, act, reason) => {
    expect(act).toThrow(reason);
  });
});
