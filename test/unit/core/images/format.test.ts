import { describe, expect, it } from "vitest";
import { detectFormat } from "#core/images/format.ts";

const nothing = Buffer.alloc(0);

function headOf(hexadecimal: string, offset = 0): Buffer {
  const head = Buffer.alloc(4096);
  head.write(hexadecimal, offset, "hex");
  return head;
}

describe("the format of a file, by its bytes", () => {
  it.each([
    ["zst", "28b52ffd0458"],
    ["zst", "502a4d18"],
    ["zst", "5f2a4d18"],
    ["gz", "1f8b0808"],
    ["xz", "fd377a585a000004"],
    ["bz2", "425a6839314159265359"],
    ["bz2", "425a6831314159265359"],
    ["bz2", "425a6839177245385090"],
    ["zip", "504b03041400"],
    ["zip", "504b05060000"],
  ] as const)("is %s for %s", (format, bytes) => {
    expect(detectFormat(headOf(bytes), nothing)).toEqual({ kind: "format", format });
  });

  it.each([
    ["a part of a zip", "504b0708504b0304"],
    ["7-Zip", "377abcaf271c0004"],
    ["lz4", "04224d18"],
    ["lzip", "4c5a495001"],
    ["lzma", "5d00008000ffffffffffffffff"],
    ["lzma", "5d000080000000000001000000"],
    ["lzop", "894c5a4f000d0a1a0a"],
    ["compress", "1f9d90"],
    ["RAR", "526172211a0701"],
    ["qcow2", "514649fb00000003"],
    ["Android sparse image", "3aff26ed01"],
    ["cpio", "303730373031"],
    ["ar or Debian package", "213c617263683e0a"],
  ])("is refused as %s for %s", (name, bytes) => {
    expect(detectFormat(headOf(bytes), nothing)).toEqual({ kind: "refused", name });
  });

  it("is refused as tar, which signs itself late", () => {
    expect(detectFormat(headOf("7573746172", 257), nothing)).toEqual({ kind: "refused", name: "tar" });
  });

  it("is refused as an Apple disk image, which signs itself at its end", () => {
    const tail = Buffer.alloc(512);
    tail.write("koly");
    expect(detectFormat(headOf("00"), tail)).toEqual({ kind: "refused", name: "Apple disk image" });
  });

  it.each([
    ["a master boot record", headOf("55aa", 510)],
    ["zeros, as a file system of ext begins with", Buffer.alloc(4096)],
    ["a single byte", Buffer.from([0x28])],
    ["the word BZh in a text", Buffer.from("BZh is how bzip2 files begin")],
    ["nearly zstd", headOf("28b52ffc")],
  ])("is raw for %s", (_, head) => {
    expect(detectFormat(head, head)).toEqual({ kind: "format", format: "raw" });
  });
});
