import { describe, expect, it } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import { inspectImage, isStillKnown, mistrustingChanges } from "#core/images/inspect.ts";
import { fakeBasis, fakeInspection, fakeInventory } from "../../../support/fake-ports.ts";

const never = new AbortController().signal;

/** A file whose basis the test changes, and how often it was read through. */
function world() {
  const at = { basis: fakeBasis, readings: 0 };
  const inventory = fakeInventory();
  const files = { list: () => expect.fail("nothing is listed"), basis: async () => at.basis };
  const writer = {
    async inspect() {
      at.readings += 1;
      return fakeInspection({ basis: at.basis });
    },
  } as never;
  return { at, ports: { inventory, files, writer } };
}

const look = ({ ports }: ReturnType<typeof world>) =>
  inspectImage(ports, "/images/card.img", () => undefined, never);

describe("an inspection", () => {
  it("is remembered as long as what it rests upon is the same", async () => {
    const bench = world();
    await look(bench);
    await look(bench);
    expect(bench.at.readings).toBe(1);
  });

  it.each([
    ["the files", { files: "c".repeat(64) }],
    ["the decoders", { decoders: "floppy 2, xz none" }],
  ])("is made anew when %s are others", async (_what, change) => {
    const bench = world();
    const image = await look(bench);
    bench.at.basis = { ...fakeBasis, ...change };
    expect(await isStillKnown(bench.ports, image)).toBe(false);
    await look(bench);
    expect(bench.at.readings).toBe(2);
  });

  it("of an older Floppy, kept in a run, is not taken for a known one", async () => {
    const bench = world();
    const { basis: _, ...old } = fakeInspection();
    await bench.ports.inventory.saveInspection(old);
    expect(await isStillKnown(bench.ports, old)).toBe(false);
  });

  it("is not believed again after a writing found other bytes", async () => {
    const bench = world();
    const image = await look(bench);
    const changed = Promise.reject(new FloppyError("IMAGE_CHANGED", "It changed.", "Start over."));
    await expect(mistrustingChanges(bench.ports, image, changed)).rejects.toMatchObject({
      code: "IMAGE_CHANGED",
    });
    expect(await isStillKnown(bench.ports, image)).toBe(false);
  });

  it("is kept when a writing failed for another reason", async () => {
    const bench = world();
    const image = await look(bench);
    const gone = Promise.reject(new FloppyError("DRIVE_GONE", "It is gone.", "Plug it in."));
    await expect(mistrustingChanges(bench.ports, image, gone)).rejects.toMatchObject({ code: "DRIVE_GONE" });
    expect(await isStillKnown(bench.ports, image)).toBe(true);
  });
});
