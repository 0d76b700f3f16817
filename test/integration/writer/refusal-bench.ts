/** What the tests of refusals share: a drive with somebody's bytes on it, which must stay as they are. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { createBench, MIB } from "../drives/bench.ts";
import { makeCardImage, readAt, writeAt } from "./images.ts";
import { type Ended, failedWith, killWriters, startWriter } from "./writer-process.ts";

export const mark = Buffer.alloc(2 * MIB, 0xa5);

/** Made anew for each test file; `image()` is a whole card image that may not be changed. */
export function createRefusalBench() {
  const shared = createBench();
  const bench = createBench();
  let image = "";

  function scratchFile(name: string, content: string | Buffer): string {
    const path = join(bench.folder(), name);
    writeFileSync(path, content);
    return path;
  }

  beforeAll(() => {
    image = makeCardImage(shared.folder());
  });
  afterEach(async () => {
    await killWriters();
    bench.clear();
  });
  afterAll(shared.clear);

  return {
    ...bench,
    image: () => image,
    usedDrive(sizeBytes = 32 * MIB): string {
      const drive = bench.drive(sizeBytes);
      writeAt(drive, 0, mark);
      return drive;
    },
    scratchFile,
    /** Acts between the writer's last look at image and drive and its first byte: it asks `flock` then. */
    flockThat(act: string): { PATH: string } {
      const folder = bench.folder();
      writeFileSync(join(folder, "flock"), `#!/bin/sh\n${act}\nexec /usr/bin/flock "$@"\n`, { mode: 0o755 });
      return { PATH: `${folder}:${process.env.PATH}` };
    },
  };
}

export function expectUntouched(drive: string): void {
  expect(readAt(drive, 0, mark.length).equals(mark)).toBe(true);
}

export function expectRefused(ended: Ended, code: string, drive: string): void {
  expect(failedWith(ended)).toBe(code);
  expect(ended.code).toBe(1);
  expectUntouched(drive);
}

export async function inspecting(path: string): Promise<Ended> {
  return startWriter({ job: "inspect", path }).ended;
}
