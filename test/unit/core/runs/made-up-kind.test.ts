/** The machine runs whatever kind it is given: this one has nothing to do with media or machines. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Notification } from "#contract/api.ts";
import { cancelled, FloppyError } from "#contract/errors.ts";
import type { PhaseName, Run } from "#contract/runs.ts";
import { broken, createKinds, GoBack, type Kind, type Phase, type RunContext } from "#core/runs/kind.ts";
import type { Question } from "#core/runs/questions.ts";
import { createRuns } from "#core/runs/runs.ts";
import { type FakePorts, fakePorts, freshRun } from "../../../support/fake-ports.ts";

const named = (name: string) => name as PhaseName;
const strength: Question<string> = { name: "strength" };

type Coffee = RunContext & { cups: string[] };

let ports: FakePorts;
let told: Notification[];
let cups: string[];
let closed: number;
let discarded: string[];
/** What happens while it is ground; the same for all runs of a test. */
let grinding: (work: Coffee) => Promise<void>;

const grind: Phase<Coffee> = {
  name: named("grind"),
  needs: [],
  meanwhile: { state: "building" },
  leaves: () => ({ state: "registered" }),
  async perform(work) {
    await work.recorder.begin(named("grind"));
    await grinding(work);
    await work.recorder.finish(named("grind"), "fine");
  },
};

const pour: Phase<Coffee> = {
  name: named("pour"),
  needs: [named("grind")],
  meanwhile: { state: "writing" },
  leaves: broken,
  async perform({ recorder, cups: table }) {
    await recorder.begin(named("pour"));
    table.push(recorder.current().id);
    await recorder.finish(named("pour"), "one cup");
  },
};

const coffee: Kind<Coffee> = {
  name: "coffee" as Run["kind"],
  phases: [grind, pour],
  done: { state: "flashed" },
  ready: async () => (context) => ({ work: { ...context, cups }, close: () => (closed += 1) }),
  discard: async ({ id }) => void discarded.push(id),
};

const aRun = {
  ...freshRun,
  kind: coffee.name,
  id: "coffee-1",
  phases: coffee.phases.map(({ name }) => ({ name, status: { state: "waiting" as const } })),
  status: { state: "running", phase: named("grind") },
} as Run;

/** As a process has it; two of them over one inventory are two processes. */
function openMachine() {
  return createRuns({
    ports,
    notify: (notification) => void told.push(notification),
    kinds: createKinds([coffee]),
    tellDevice: async (run, statusOf) => void statusOf(run),
  });
}

const lastTold = () => told.flatMap(({ event, payload }) => (event === "run" ? [payload] : [])).at(-1);
const untilOver = async (machine: ReturnType<typeof openMachine>) => {
  while (machine.busy()) await new Promise(setImmediate);
};

/** Grinds until it is stopped; `begun` resolves once it does. */
function grindForEver(): Promise<void> {
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  grinding = ({ signal }) =>
    new Promise<void>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(cancelled("Grinding")));
      resolve();
    });
  return begun;
}

beforeEach(() => {
  ports = fakePorts();
  told = [];
  cups = [];
  closed = 0;
  discarded = [];
  grinding = async () => undefined;
});

describe("a kind that is made up outside", () => {
  it("runs its phases in their order", async () => {
    const machine = openMachine();
    await machine.launch(aRun, async () => aRun);
    await untilOver(machine);
    expect(lastTold()).toMatchObject({ id: "coffee-1", status: { state: "done" } });
    expect({ cups, closed, discarded }).toEqual({ cups: ["coffee-1"], closed: 1, discarded: ["coffee-1"] });
  });

  it("is cancelled where it stands, and lets go of what it works with", async () => {
    const begun = grindForEver();
    const machine = openMachine();
    await machine.launch(aRun, async () => aRun);
    await begun;
    await machine.cancel("coffee-1");
    expect(lastTold()).toMatchObject({ status: { state: "cancelled", phase: "grind" } });
    expect({ cups, closed }).toEqual({ cups: [], closed: 1 });
  });

  it("is found again after its process was killed, and goes on at its phase", async () => {
    const begun = grindForEver();
    await openMachine().launch(aRun, async () => aRun);
    await begun;
    ports.inventory.owners.set("coffee-1", "dead");
    grinding = async () => undefined;
    const machine = openMachine();
    await machine.recover();
    const found = await machine.resumable("coffee-1");
    expect(found.status).toEqual({ state: "interrupted", phase: "grind" });
    ports.inventory.owners.set("coffee-1", "this");
    await machine.launch(found, async () => found);
    await untilOver(machine);
    expect(lastTold()).toMatchObject({ status: { state: "done" } });
    expect(cups).toEqual(["coffee-1"]);
  });

  it("works on the phases that are wanted and waits with the rest", async () => {
    const machine = openMachine();
    await machine.launch(aRun, async () => aRun, [named("grind")]);
    await untilOver(machine);
    expect(lastTold()).toMatchObject({ status: { state: "paused", phase: "pour" } });
    expect(cups).toEqual([]);
  });

  it("begins no phase that needs another one before", async () => {
    const machine = openMachine();
    await machine.launch(aRun, async () => aRun, [named("pour")]);
    await untilOver(machine);
    expect(lastTold()).toMatchObject({ status: { state: "paused", phase: "grind" } });
    expect(cups).toEqual([]);
  });

  it("is answered what its phase asks", async () => {
    grinding = async ({ questions, recorder, signal }) =>
      recorder.log("info", await questions.of(strength).take(signal));
    const machine = openMachine();
    await machine.launch(aRun, async () => aRun);
    const { questions } = await machine.answerable("coffee-1", "grind");
    questions.of(strength).put("strong");
    await untilOver(machine);
    await expect(machine.show("coffee-1")).resolves.toMatchObject({ log: [{ text: "strong" }] });
  });

  it("goes back to a phase that has to be done again, but not for ever", async () => {
    const tooOften = new FloppyError("TARGET_LOST", "The beans are gone.", "Buy some.");
    let times = 0;
    grinding = async () => {
      times += 1;
      throw new GoBack("The beans fell down.", { to: named("grind"), tooOften, learn: (run) => run });
    };
    const machine = openMachine();
    await machine.launch(aRun, async () => aRun);
    await untilOver(machine);
    expect(lastTold()).toMatchObject({ status: { state: "failed", error: { code: "TARGET_LOST" } } });
    expect(times).toBe(6);
  });
});
