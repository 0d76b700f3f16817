import { afterEach, describe, expect, it } from "vitest";
import { createReader } from "./fake-reader.ts";

let reader: Awaited<ReturnType<typeof createReader>>;
afterEach(() => reader.clear());

const block = Buffer.alloc(4096, 0xaa);
const write = () => reader.handle.write(block, 0, block.length, 0);
const read = () => reader.handle.read(Buffer.alloc(4096), 0, 4096, 0);
const untouched = () => reader.content().every((byte) => byte === 0);

describe("a handle of a claimed drive", () => {
  it("reads and writes while its medium is in", async () => {
    reader = await createReader();
    await expect(write()).resolves.toMatchObject({ bytesWritten: 4096 });
    await expect(read()).resolves.toMatchObject({ bytesRead: 4096 });
    expect(reader.asked).toEqual([]);
  });

  it("writes nothing to a card that was put in meanwhile", async () => {
    reader = await createReader();
    reader.exchange();
    await expect(write()).rejects.toMatchObject({ code: "EMEDIUMCHANGED" });
    expect(untouched()).toBe(true);
  });

  it("believes nothing that was read while the card went", async () => {
    reader = await createReader({ before: () => reader.exchange() });
    await expect(read()).rejects.toMatchObject({ code: "EMEDIUMCHANGED" });
  });

  it("asks the drive after an error before anybody tries again", async () => {
    let failures = 1;
    reader = await createReader({
      before() {
        failures -= 1;
        if (failures === 0) throw Object.assign(new Error("unit attention"), { code: "EIO" });
      },
    });
    reader.exchangeUnseen();
    await expect(write()).rejects.toMatchObject({ code: "EMEDIUMCHANGED" });
    await expect(write()).rejects.toMatchObject({ code: "EMEDIUMCHANGED" });
    expect(untouched()).toBe(true);
  });

  it("hands an error on as it is where the medium is the same", async () => {
    reader = await createReader({
      before() {
        throw Object.assign(new Error("bad sector"), { code: "EIO" });
      },
    });
    await expect(read()).rejects.toMatchObject({ code: "EIO", message: "bad sector" });
    expect(reader.asked).toEqual(["asked"]);
  });

  it("does not have the drive asked while something is still on its way to it", async () => {
    const slow = Promise.withResolvers<void>();
    const acts = [
      () => slow.promise,
      () => {
        throw Object.assign(new Error("bad sector"), { code: "EIO" });
      },
    ];
    reader = await createReader({ before: () => acts.shift()?.() });
    const writing = write();
    const failing = read();
    await new Promise(setImmediate);
    expect(reader.asked).toEqual([]);
    slow.resolve();
    await expect(writing).resolves.toMatchObject({ bytesWritten: 4096 });
    await expect(failing).rejects.toMatchObject({ code: "EIO" });
    expect(reader.asked).toEqual(["asked"]);
  });
});
