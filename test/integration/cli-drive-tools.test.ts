import { randomFillSync } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCardBench } from "../support/media/card-bench.ts";
import { createBench, objects } from "./cli-process.ts";
import { MIB, run } from "./drives/bench.ts";
import { readAt, writeAt } from "./writer/images.ts";

const cards = createCardBench();
let bench: ReturnType<typeof createBench>;

beforeEach(() => {
  bench = createBench();
  mkdirSync(bench.practiceFolder, { recursive: true });
});
afterEach(() => {
  cards.clear();
  bench.remove();
});

const card = (nature: Parameters<typeof cards.card>[0]) => cards.card(nature, bench.practiceFolder);

describe("floppy drives test", () => {
  it("finds a false card out, and leaves it as it was", async () => {
    const { device, store } = await card({
      sizeBytes: 128 * MIB,
      holds: { bytes: 32 * MIB, beyond: "drops" },
    });
    const content = randomFillSync(Buffer.alloc(32 * MIB));
    writeAt(store, 0, content);
    const { code, stdout, stderr } = await bench.run("drives", "test", device);
    expect(stderr).toMatch(/says that it holds 134 MB, but it holds 34 MB/);
    expect(stderr).toMatch(/What is on it is as it was/);
    expect(stdout).toBe("");
    expect(code).toBe(5);
    expect(readFileSync(store).equals(content)).toBe(true);
    expect(readdirSync(join(bench.dataFolder, "borrowed"))).toEqual([]);
  });

  it("--full writes nothing before it was agreed to", async () => {
    const { device, store } = await card({ sizeBytes: 32 * MIB });
    writeAt(store, 0, Buffer.alloc(32 * MIB, 0xa5));
    expect((await bench.run("drives", "test", device, "--full")).code).toBe(2);
    expect(readFileSync(store).equals(Buffer.alloc(32 * MIB, 0xa5))).toBe(true);
    const { code, stdout } = await bench.run("drives", "test", device, "--full", "--yes", "--json");
    expect(objects(stdout).at(-1)).toMatchObject({ event: "result", report: { mode: "full" } });
    expect(code).toBe(0);
  });
});

describe("floppy drives save and restore", () => {
  it("keep what was on a drive, and make it an empty one", async () => {
    const { device } = await card({ sizeBytes: 64 * MIB });
    writeAt(device, 5 * MIB, randomFillSync(Buffer.alloc(MIB)));
    const before = readAt(device, 0, 64 * MIB);
    const image = join(bench.folder, "card.img.zst");
    const saved = await bench.run("drives", "save", device, image);
    expect(saved.stdout).toContain(run("sha256sum", image).slice(0, 64));
    expect(saved.code).toBe(0);
    const restored = await bench.run("drives", "restore", device, "--yes");
    expect(restored.stdout).toMatch(/empty and usable again/);
    expect(run("sfdisk", "--dump", device)).toMatch(/type=7$/m);
    const args = ["provision", "flash", "--image", image, "--anyway", "--drive", device, "--yes"];
    expect((await bench.run(...args)).code).toBe(0);
    expect(readAt(device, 0, 64 * MIB).equals(before)).toBe(true);
  });

  it.each([
    ["xterm", {}, true],
    ["dumb", {}, false],
    ["xterm", { CI: "true" }, false],
  ])("draw a bar on a terminal where it knows a cursor: %s %o", async (name, more, drawn) => {
    const { CI: _ci, ...env } = process.env;
    bench.remove();
    bench = createBench({ ...env, TERM: name, ...more });
    mkdirSync(bench.practiceFolder, { recursive: true });
    const { device } = await card({ sizeBytes: 64 * MIB });
    const running = bench.atTerminal("drives", "save", device, join(bench.folder, "card.img"));
    const { stdout, code } = await running.ended;
    expect(stdout).toMatch(/Saving/);
    expect(stdout.includes("\x1b")).toBe(drawn);
    expect(code).toBe(0);
  });

  it("on Ctrl-C leave no half image behind", async () => {
    const { device } = await card({ sizeBytes: 700 * MIB });
    const image = join(bench.folder, "card.img");
    const running = bench.start("drives", "save", device, image);
    await running.said(/Saving/);
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(3);
    expect(existsSync(image)).toBe(false);
    expect(readdirSync(bench.folder)).toEqual(["data"]);
  });
});
