/** Power that goes in every phase: the run is resumed, and nothing else is touched. */
import { afterEach, expect, it } from "vitest";
import { expectDone } from "./floppy.ts";
import { setUpLaptop } from "./laptop.ts";

const laptop = setUpLaptop();

afterEach(async () => expect(await laptop.otherIsUntouched()).toBe(true));

it("power that goes in each phase is survived: started from the stick again, the run goes on", async () => {
  await laptop.begin();
  laptop.attend();
  const cuts = laptop.opened().onPhase(async (phase) => {
    if (phase === "boot") return;
    await laptop.target().powerCut();
    await laptop.target().powerOn({ bootFrom: phase === "confirm" ? "disk" : "stick" });
    await laptop.aim();
  });
  await laptop.follow();
  let run = await laptop.opened().ended();
  // A machine that loses its power all the time is given up; whoever goes on loses nothing.
  for (let tries = 0; run.status.state === "failed" && tries < 2; tries += 1) {
    expect(run.status.error).toMatchObject({ code: "TARGET_LOST" });
    await laptop.follow();
    await laptop.opened().until("to go on", ({ status }) => status.state === "running");
    run = await laptop.opened().ended();
  }
  expectDone(run);
  await cuts.settled();
});
