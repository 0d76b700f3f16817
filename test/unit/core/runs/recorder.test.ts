import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import type { LogLine, PhaseProgress, Run } from "#contract/runs.ts";
import { createRecorder } from "#core/runs/recorder.ts";
import { fakeInventory, fakePorts, freshRun } from "../../../support/fake-ports.ts";
import { harmfulIn, hostileText } from "../../../support/hostile/words.ts";

function record(inventory = fakeInventory()) {
  const shown: Run[] = [];
  const lines: LogLine[] = [];
  const audience = {
    run: async (one: Run) => void shown.push(one),
    log: (_id: string, more: LogLine[]) => void lines.push(...more),
  };
  return {
    recorder: createRecorder(freshRun, { clock: fakePorts().clock, inventory, audience }),
    inventory,
    shown,
    lines,
  };
}

const letterOf = (_all: string, code: string) => String.fromCharCode(Number.parseInt(code, 16));

const at = (position: number): PhaseProgress => ({
  kind: "transfer",
  position,
  sizeBytes: 100,
  speed: 1,
  averageSpeed: 1,
  etaSeconds: null,
});

describe("the recorder", () => {
  it("journals and shows no line, summary or error that is more than words, whoever said it", async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        const { recorder, inventory, shown, lines } = record();
        await recorder.begin("image");
        recorder.log("warning", text);
        await recorder.finish("image", text);
        await recorder.begin("write");
        await recorder.stop(new FloppyError("DRIVE_IO", text, text, { stderr: [text] }));
        const journaled = [...lines, ...(await inventory.log(freshRun.id))].map((line) => line.text);
        const phases = [...shown, ...inventory.journal].flatMap((run) =>
          run.phases.map(({ status }) => JSON.stringify(status).replaceAll(/\\u(....)/g, letterOf)),
        );
        expect(journaled).toHaveLength(2);
        expect(harmfulIn([...journaled, ...phases].join(" "))).toEqual([]);
      }),
    );
  });

  it("merges progress that piles up while the journal is busy", async () => {
    const { recorder, inventory } = record();
    await recorder.begin("image");
    const before = inventory.journal.length;
    for (let position = 0; position < 50; position++) recorder.progress("image", at(position));
    await recorder.settled();
    expect(inventory.journal).toHaveLength(before + 1);
    expect(inventory.journal.at(-1)?.phases[0]?.status).toMatchObject({ progress: { position: 49 } });
  });

  it("refuses to begin a phase that could not be journaled, and shows nothing of it", async () => {
    const locked = new FloppyError("INVENTORY_LOCKED", "The inventory is locked.", "Try again.");
    const inventory = { ...fakeInventory(), saveRun: () => Promise.reject(locked) };
    const { recorder, shown } = record(inventory);
    await expect(recorder.begin("image")).rejects.toBe(locked);
    expect(shown).toEqual([]);
  });

  it("goes on when a progress line could not be journaled", async () => {
    const inventory = fakeInventory();
    const { saveRun } = inventory;
    let refusals = 1;
    const { recorder } = record({
      ...inventory,
      saveRun: (one) =>
        one.phases[0]?.status.state === "running" && refusals-- > 0
          ? Promise.reject(new Error("busy"))
          : saveRun(one),
    });
    await recorder.begin("image").catch(() => undefined);
    recorder.progress("image", at(1));
    await recorder.finish("image", "built");
    expect(inventory.journal.at(-1)?.phases[0]?.status.state).toBe("done");
  });

  it("turns to the next phase once, however often it is told", async () => {
    const { recorder, inventory } = record();
    await recorder.begin("image");
    recorder.turn("image", "built", "write");
    recorder.turn("image", "built again", "write");
    await recorder.settled();
    expect(inventory.journal).toHaveLength(2);
    expect(inventory.journal.at(-1)).toMatchObject({
      status: { phase: "write" },
      phases: [{ status: { summary: "built" } }, { status: { state: "running" } }, {}],
    });
  });

  it("keeps the log in order, with the phase in which it was said", async () => {
    const { recorder, lines, inventory } = record();
    await recorder.begin("image");
    recorder.log("info", "one");
    recorder.log("warning", "two");
    await recorder.settled();
    expect(lines.map(({ text, phase }) => [text, phase])).toEqual([
      ["one", "image"],
      ["two", "image"],
    ]);
    await expect(inventory.log(freshRun.id)).resolves.toEqual(lines);
  });
});
