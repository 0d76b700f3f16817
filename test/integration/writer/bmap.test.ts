import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { inspect } from "../../../src-main/writer/inspect.ts";
import { MIB } from "../../support/engine/cases.ts";
import { chooseSeed, createRandom } from "../../support/random.ts";

const folder = mkdtempSync(join(tmpdir(), "floppy-bmap-"));
afterAll(() => rmSync(folder, { recursive: true }));

const random = createRandom(chooseSeed());
const image = join(folder, "card.img");
const map = `${image}.bmap`;
const inspecting = (path = image) => inspect(path, () => undefined);

/** Three stretches with something in them, the last one up to an odd end. */
beforeEach(() => {
  execFileSync("truncate", ["--size", String(5 * MIB + 100), image]);
  const content = readFileSync(image).fill(0);
  for (const [start, end] of [
    [MIB, 2 * MIB],
    [3 * MIB + 4096, 3 * MIB + 8192],
    [5 * MIB - 4096, content.length],
  ])
    random.fill(content.subarray(start, end));
  writeFileSync(image, content);
  execFileSync("fallocate", ["--dig-holes", image]);
  execFileSync("bmaptool", ["create", image, "--output", map], { stdio: "ignore" });
});

function change(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);
}

describe("an image with a .bmap beside it, as bmaptool makes one", () => {
  it("is held to it, packed or not", async () => {
    expect(readFileSync(map, "utf8")).toContain("<Range");
    const { sizeBytes } = await inspecting();
    execFileSync("zstd", ["-q", "-f", image]);
    expect(await inspecting(`${image}.zst`)).toMatchObject({ sizeBytes, format: "zst" });
  });

  it("is refused where it is another one", async () => {
    change(image, 3 * MIB + 5000);
    await expect(inspecting()).rejects.toMatchObject({ code: "IMAGE_TRUNCATED", message: /card\.img\.bmap/ });
  });

  it.each(["card.img.BMAP", "CARD.Img.Bmap", "card.BMAP"])(
    "is held to it where it is called %s",
    async (name) => {
      renameSync(map, join(folder, name));
      expect(await inspecting()).toMatchObject({ format: "raw" });
      change(image, 3 * MIB + 5000);
      const told = expect.stringContaining(name);
      await expect(inspecting()).rejects.toMatchObject({ code: "IMAGE_TRUNCATED", message: told });
      rmSync(join(folder, name));
    },
  );

  it("is refused where it is longer", async () => {
    writeFileSync(image, Buffer.alloc(4096), { flag: "a" });
    await expect(inspecting()).rejects.toMatchObject({ message: /bytes, not/ });
  });

  it("is refused where the map is damaged, or none", async () => {
    change(map, readFileSync(map, "utf8").indexOf("chksum=") + 20);
    await expect(inspecting()).rejects.toMatchObject({ message: /was changed, or is damaged/ });
    writeFileSync(map, "<bmap>");
    await expect(inspecting()).rejects.toMatchObject({ message: /no version/ });
  });

  it("is taken as it is once the map is moved away", async () => {
    change(image, 3 * MIB + 5000);
    renameSync(map, join(folder, "elsewhere"));
    expect(await inspecting()).toMatchObject({ format: "raw" });
  });
});
