import { describe, expect, it } from "vitest";
import { laterFilters } from "../../../../src-main/writer/image/xz-filters.ts";

/** A block's header as the format has it: its length, flags, sizes, and filters with their properties. */
function header(ids: number[], sizes: number[] = []): Buffer {
  const flags = (ids.length - 1) | ([0, 0x40, 0xc0][sizes.length] ?? 0);
  const filters = ids.flatMap((id) => (id === 0x21 ? [id, 1, 0x16] : [id, 0]));
  return Buffer.concat([Buffer.from([2, flags, ...sizes, ...filters]), Buffer.alloc(8)]);
}

describe("what a block of an .xz asks of its decoder", () => {
  it.each([
    ["LZMA2 alone", [0x21]],
    ["a filter for x86", [0x04, 0x21]],
    ["delta and SPARC", [0x03, 0x09, 0x21]],
  ])("is nothing new with %s", (_what, ids) => {
    expect(laterFilters(header(ids))).toBeNull();
  });

  it.each([
    ["ARM64", 0x0a, "xz 5.4 or newer"],
    ["RISC-V", 0x0b, "xz 5.6 or newer"],
    ["of the kind 12", 0x0c, "a newer xz"],
  ])("is the filter %s", (name, id, since) => {
    for (const sizes of [[], [0x05], [0x05, 0x06]])
      expect(laterFilters(header([id, 0x21], sizes))).toEqual({
        name: expect.stringContaining(name),
        since,
      });
  });

  it("is not known of what is no header", () => {
    expect(laterFilters(Buffer.alloc(0))).toBeNull();
    expect(laterFilters(Buffer.alloc(20, 0xff))).toBeNull();
  });
});
