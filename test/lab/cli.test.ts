/** A laptop installed by the command alone, whose process is killed in each phase and started again. */
import { createInterface } from "node:readline";
import { execa } from "execa";
import { afterEach, expect, it } from "vitest";
import { targetPhases } from "#contract/runs.ts";
import { builtProgram } from "../support/built.ts";
import { type Opened, openAt, serial } from "./floppy.ts";
import { expectDisk, expectRunning, expectStickWiped } from "./installed.ts";
import { OWN, setUpLaptop } from "./laptop.ts";

const command = builtProgram("cli");
const laptop = setUpLaptop();
let opened: Opened | null = null;

afterEach(() => opened?.close());

type Said = { event: string; stage?: string };

/** Follows the device's run, as a person without a terminal would; `hear` gets each line that is said. */
function follow(dataFolder: string, hear: (said: Said) => void) {
  const address = `127.0.0.1:${laptop.target().sshPort()}`;
  const answers = ["--address", address, "--disk", OWN, "--yes", "--json"];
  const child = execa(process.execPath, [command, "follow", serial, ...answers], {
    env: { ...laptop.bench().env, FLOPPY_DATA: dataFolder },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  createInterface({ input: child.stdout }).on("line", (line) => hear(JSON.parse(line)));
  return child;
}

it("goes on in each phase where it was killed, and ends with the device that was meant", async () => {
  await laptop.begin();
  const dataFolder = await laptop.bench().copyData();
  const killedIn = new Set<string>();
  const phases = new Set<string>(targetPhases);
  for (;;) {
    const child = follow(dataFolder, ({ event, stage = "" }) => {
      // What is said of a phase is said while it is under way; of those that say nothing, when the one before is done.
      const next = targetPhases[targetPhases.indexOf(stage as "boot") + 1];
      const phase = event === "done" ? next : stage;
      if (phase === undefined || !phases.has(phase) || killedIn.has(phase)) return;
      killedIn.add(phase);
      child.kill("SIGKILL");
    });
    const { exitCode, stdout, signal } = await child;
    if (signal === "SIGKILL") continue;
    expect({ exitCode, stdout: stdout.slice(-2000) }).toMatchObject({ exitCode: 0 });
    break;
  }
  expect([...killedIn].toSorted()).toEqual([...targetPhases].toSorted());

  opened = await openAt(dataFolder, laptop.bench().runId);
  const { device, runs } = await opened.floppy.handlers["devices.show"]({ serial });
  const [run] = runs;
  if (!run) throw new Error("the device has no run");
  await expectRunning(laptop.bench(), laptop.target(), run, device);
  await expectDisk(laptop.bench(), laptop.target());
  await expectStickWiped(laptop.bench(), laptop.target());
  expect(await laptop.otherIsUntouched()).toBe(true);
});
