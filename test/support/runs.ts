/** A Floppy over stand-ins that remembers what it told its doors. */

import { expect } from "vitest";
import type { EventPayload, Notification } from "#contract/api.ts";
import type { ErrorCode } from "#contract/errors.ts";
import type { Run, RunRequest } from "#contract/runs.ts";
import { createFloppy } from "#core/floppy.ts";
import { beginPhase } from "#core/runs/transitions.ts";
import { endlessWriter, type FakePorts, fakePorts } from "./fake-ports.ts";

export const request: RunRequest = {
  serial: "FLOPPY-RPI-00001",
  role: "robot",
  image: { kind: "build" },
  driveKey: "usb-card-1",
  eraseConfirmed: "usb-card-1",
};

export async function openRecording(ports: FakePorts) {
  const floppy = await createFloppy(ports);
  const told: Notification[] = [];
  const waiting: { ready(run: Run): boolean; resolve(run: Run): void }[] = [];
  floppy.subscribe((notification) => {
    told.push(notification);
    if (notification.event !== "run") return;
    for (const wait of waiting) if (wait.ready(notification.payload)) wait.resolve(notification.payload);
  });
  const reached = (state: Run["status"]["state"]) =>
    new Promise<Run>((resolve) => waiting.push({ ready: (run) => run.status.state === state, resolve }));
  const payloads = <Name extends "run" | "device">(event: Name) =>
    told.filter((one) => one.event === event).map((one) => one.payload as EventPayload<Name>);
  return { floppy, reached, payloads };
}

export const refusal = (code: ErrorCode) => expect.objectContaining({ code });

/** A run that was left in its image phase, as another process would leave it. */
export async function foreignRun(ports: FakePorts): Promise<Run> {
  const endless = fakePorts({ writer: endlessWriter() });
  const floppy = await createFloppy(endless);
  const started = await floppy.handlers["runs.start"](request);
  const run = { ...beginPhase(started, "image", started.startedAt), id: "foreign-run" };
  await floppy.close();
  for (const device of await endless.inventory.devices()) await ports.inventory.registerDevice(device);
  await ports.inventory.saveRun(run);
  return run;
}
