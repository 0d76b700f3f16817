import { beforeEach, expect, it } from "vitest";
import { shareScan } from "#adapters/drives/share-scan.ts";

let print: string;
let scans: number;
let fails: boolean;
let shown: () => Promise<number>;

beforeEach(() => {
  print = "one stick";
  scans = 0;
  fails = false;
  shown = shareScan(
    () => print,
    async () => {
      scans += 1;
      if (fails) throw new Error("lsblk failed");
      return scans;
    },
  );
});

it("who shows the drives shares one scan as long as nothing changed", async () => {
  await expect(Promise.all([shown(), shown()])).resolves.toEqual([1, 1]);
  await expect(shown()).resolves.toBe(1);
});

it("scans again once something changed", async () => {
  await shown();
  print = "two sticks";
  await expect(shown()).resolves.toBe(2);
});

it("scans again when something changed during the scan", async () => {
  const first = shown();
  print = "two sticks";
  await expect(Promise.all([first, shown()])).resolves.toEqual([1, 2]);
});

it("does not keep a scan that failed", async () => {
  fails = true;
  await expect(shown()).rejects.toThrow("lsblk failed");
  fails = false;
  await expect(shown()).resolves.toBe(2);
});
