import { expect, test } from "vitest";
import {
  draftRail,
  draftSteps,
  runRail,
  runSteps,
} from "../../../../../src-renderer/features/shell/rail-steps.ts";
import { bench, card, identify } from "../../../../support/renderer/bench-data.ts";
import {
  atBoot,
  atDisk,
  cardRun,
  failed,
  installFailed,
  interrupted,
  preparing,
  provisioned,
  pushing,
  transferring,
} from "../../../../support/renderer/bench-runs.ts";

const app = bench();
const device = identify("FLOPPY-RPI-00041", app);
const words = (steps: ReturnType<typeof runSteps>) =>
  steps.map(({ label, state, found }) => [label, state, found].join(" | "));

test("a draft tells what each answered question found out", () => {
  const draft = {
    step: "confirm" as const,
    device,
    role: "robot",
    image: { choice: { kind: "file" as const, path: "/images/robot.img.zst" }, inspection: null },
    purpose: { kind: "new" as const },
    drive: card,
  };
  expect(words(draftSteps(draft, app.catalog))).toEqual([
    "Device | done | new device",
    "Role | done | robot",
    "Image | done | robot.img.zst",
    "Card | done | SanDisk Ultra, 32 GB",
    "Write | current | waits for your word",
    "Verify | todo | ",
  ]);
});

test("a laptop gets a stick, not a card", () => {
  const laptop = { step: "role" as const, device: identify("FLOPPY-DEL-00009", app) };
  expect(draftSteps(laptop, app.catalog).map((step) => step.label)).toContain("Stick");
});

test("a resumed run lets nobody go back behind its drive", () => {
  const draft = {
    step: "drive" as const,
    device,
    role: "robot",
    image: { choice: { kind: "build" as const }, inspection: null },
    purpose: { kind: "resume" as const, run: interrupted(cardRun()) },
    driveKey: null,
  };
  expect(draftSteps(draft, app.catalog).map((step) => step.backTo)).toEqual(Array(6).fill(null));
});

test("a run tells how far it is", () => {
  expect(words(runSteps(transferring(cardRun(), "write", 0.5)))).toContain(
    "Write | current | 50 % · 1 min 04 s left",
  );
});

test("a failed and an interrupted run say so at the phase where they ended", () => {
  expect(words(runSteps(failed(cardRun())))).toContain("Write | failed | failed");
  expect(words(runSteps(interrupted(cardRun())))).toContain("Write | stopped | interrupted");
});

test("the lines stay the same from the first question to the end of the run", () => {
  const labels = ({ steps }: ReturnType<typeof runRail>) => steps.map((step) => step.label);
  const run = cardRun();
  expect(labels(draftRail({ step: "role", device }, app.catalog, false))).toEqual(
    labels(runRail(run, app.catalog)),
  );
});

test("away from the wizard the rail claims nothing while no device is at hand", () => {
  const empty = { step: "device" as const, suggestion: "" };
  expect(draftRail(empty, app.catalog, true)).toEqual({ subject: null, steps: [] });
  expect(draftRail(empty, app.catalog, false).steps).toHaveLength(6);
  expect(draftRail({ step: "role", device }, app.catalog, true).steps).toHaveLength(6);
});

test("a stick’s run stands behind its stick in the steps in which a person thinks of it", () => {
  expect(words(runSteps(pushing(0.4)))).toEqual([
    "Stick written | done | dev · verified",
    "Booted and found | done | 192.168.1.47 · key matches",
    "Disk | done | Samsung PM9A1, 512 GB",
    "Partition and mount | done | 6 mounts as laid out",
    "Install | current | 40 % · 14 s left",
    "Check and reboot | todo | ",
    "Confirm | todo | ",
  ]);
});

test("a question, a build and a failure are told at their step", () => {
  expect(words(runSteps(atBoot()))).toContain("Booted and found | current | waits to be booted");
  expect(words(runSteps(atDisk()))).toContain("Disk | current | nothing written yet");
  expect(words(runSteps(preparing()))).toContain("Disk | current | building: 212 of 388");
  expect(words(runSteps(installFailed()))).toContain("Install | failed | failed");
});

test("before, while and behind a stick the rail has as many lines, so that it always fits", () => {
  const draft = { step: "role" as const, device: identify("FLOPPY-DEL-00009", app) };
  for (const steps of [draftSteps(draft, app.catalog), runSteps(atBoot()), runSteps(provisioned())])
    expect(steps).toHaveLength(7);
});

test("a practice stick ends when it is verified: nothing is booted from it", () => {
  const laptop = identify("FLOPPY-DEL-00007", app);
  const draft = { step: "drive" as const, device: laptop, role: "dev", purpose: { kind: "new" as const } };
  const labels = (kind: "build" | "practice") =>
    draftSteps({ ...draft, driveKey: null, image: { choice: { kind }, inspection: null } }, app.catalog).map(
      ({ label }) => label,
    );
  expect(labels("build").at(-1)).toBe("Boot and install");
  expect(labels("practice").at(-1)).toBe("Verify");
});
