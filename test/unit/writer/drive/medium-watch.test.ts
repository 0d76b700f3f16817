import { afterEach, describe, expect, it } from "vitest";
import { createReader } from "./fake-reader.ts";

let reader: Awaited<ReturnType<typeof createReader>>;
afterEach(() => reader.clear());

describe("the watch over a medium", () => {
  it("says nothing while the same one is in", async () => {
    reader = await createReader();
    expect(() => reader.watch.require()).not.toThrow();
    await expect(reader.watch.ask()).resolves.toBeUndefined();
  });

  it("knows another card by the kernel's count of media", async () => {
    reader = await createReader();
    reader.exchange();
    expect(() => reader.watch.require()).toThrow(expect.objectContaining({ code: "EMEDIUMCHANGED" }));
  });

  it("knows a slot that is empty", async () => {
    reader = await createReader();
    reader.takeOut();
    expect(() => reader.watch.require()).toThrow(expect.objectContaining({ code: "ENOMEDIUM" }));
  });

  it("never takes a card back that was out, though the count were the same", async () => {
    reader = await createReader();
    reader.exchange();
    expect(() => reader.watch.require()).toThrow();
    reader.exchange(7);
    await expect(reader.watch.ask()).rejects.toMatchObject({ code: "EMEDIUMCHANGED" });
  });

  it("knows another card of another size where the count stood still", async () => {
    reader = await createReader();
    reader.resize(512);
    await expect(reader.watch.ask()).rejects.toMatchObject({ code: "EMEDIUMCHANGED" });
  });

  it("tells who waits for something else that the card is gone, within a second", async () => {
    reader = await createReader();
    const started = performance.now();
    reader.exchange();
    await expect(reader.watch.lost).rejects.toMatchObject({ code: "EMEDIUMCHANGED" });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it("finds out what the kernel knows only when it has asked the drive", async () => {
    reader = await createReader();
    reader.exchangeUnseen();
    expect(() => reader.watch.require()).not.toThrow();
    await expect(reader.watch.ask()).rejects.toMatchObject({ code: "EMEDIUMCHANGED" });
  });

  it.each([
    ["may not open the drive once more", { mayAsk: false }],
    ["has a kernel that does not count media", { diskSequence: null }],
  ])("goes on with nothing after an error where it %s", async (_, options) => {
    reader = await createReader(options);
    expect(() => reader.watch.require()).not.toThrow();
    await expect(reader.watch.ask()).rejects.toMatchObject({ code: "EUNTOLD" });
  });
});
