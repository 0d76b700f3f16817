import { describe, expect, it } from "vitest";
import { DriveTrouble } from "../../../../src-main/writer/drive/trouble.ts";
import type { Medium } from "../../../../src-main/writer/probe/medium.ts";
import { blank, blankWhatCanBe } from "../../../../src-main/writer/residue/blank.ts";
import { memoryMedium } from "../probe/memory-medium.ts";

const MIB = 1024 ** 2;
const BLOCK = 64 * 1024;
const places = [
  { offset: MIB, length: 2 * MIB + 512 },
  { offset: 5 * MIB, length: 4096 },
];

function faulty(medium: Medium, op: "read" | "write", at: number, code = "EIO"): Medium {
  const act = medium[op];
  return {
    ...medium,
    [op]: async (bytes: Buffer, position: number) => {
      if (position <= at && at < position + bytes.length) throw new DriveTrouble(code, code);
      await act(bytes, position);
    },
  };
}

/** What is written to it, in their order. */
function recorded(medium: Medium) {
  const writes: { position: number; length: number }[] = [];
  const write = async (bytes: Buffer, position: number) => {
    writes.push({ position, length: bytes.length });
    await medium.write(bytes, position);
  };
  return { writes, medium: { ...medium, write } };
}

describe("blanking", () => {
  it("leaves zeros at the places, and all else as it was", async () => {
    const content = Buffer.alloc(8 * MIB, 0xa5);
    await blank(memoryMedium(content), places);
    const wanted = Buffer.alloc(8 * MIB, 0xa5);
    for (const { offset, length } of places) wanted.fill(0, offset, offset + length);
    expect(content.equals(wanted)).toBe(true);
  });

  it("writes nothing where the drive is blank already, and waits for nothing", async () => {
    const steps: string[] = [];
    const medium = memoryMedium(Buffer.alloc(8 * MIB));
    const told = { ...recorded(medium).medium, sync: async () => void steps.push("sync") };
    const { writes, medium: watched } = recorded(told);
    await blank(watched, places);
    expect({ writes, steps }).toEqual({ writes: [], steps: [] });
  });

  it("writes the blocks that hold something, and no others", async () => {
    const content = Buffer.alloc(8 * MIB).fill(1, MIB + BLOCK + 7, MIB + BLOCK + 8);
    const { writes, medium } = recorded(memoryMedium(content));
    await blank(medium, places);
    expect(writes).toEqual([{ position: MIB + BLOCK, length: BLOCK }]);
  });

  it("is not believed where the drive forgets it", async () => {
    const medium = { ...memoryMedium(Buffer.alloc(8 * MIB, 0xa5)), write: async () => undefined };
    await expect(blank(medium, places)).rejects.toMatchObject({
      code: "DRIVE_VERIFY_FAILED",
      details: { badOffset: MIB },
    });
  });

  it("writes where it cannot read, and fails where it cannot do so afterwards", async () => {
    const content = Buffer.alloc(8 * MIB, 0xa5);
    const medium = faulty(memoryMedium(content), "read", 5 * MIB);
    await expect(blank(medium, places)).rejects.toMatchObject({ code: "EIO" });
    expect(content.subarray(5 * MIB, 5 * MIB + 4096).equals(Buffer.alloc(4096))).toBe(true);
  });

  it("ends at once where the drive is gone", async () => {
    const { writes, medium } = recorded(memoryMedium(Buffer.alloc(8 * MIB, 0xa5)));
    await expect(blank(faulty(medium, "read", MIB, "ENODEV"), places)).rejects.toMatchObject({
      code: "ENODEV",
    });
    expect(writes).toEqual([]);
  });
});

describe("blanking what can be", () => {
  it("goes on behind what cannot", async () => {
    const content = Buffer.alloc(8 * MIB, 0xa5);
    await blankWhatCanBe(faulty(memoryMedium(content), "write", 2 * MIB + 9), places);
    expect(content.subarray(MIB, 2 * MIB).equals(Buffer.alloc(MIB))).toBe(true);
    expect(content.subarray(5 * MIB, 5 * MIB + 4096).equals(Buffer.alloc(4096))).toBe(true);
  });
});
