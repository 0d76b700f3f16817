import { z } from "zod";
import { catalog, catalogSource, host } from "./catalog.ts";
import { device, identified } from "./devices.ts";
import { driveTask, driveTaskCalls } from "./drive-tasks.ts";
import { drive } from "./drives.ts";
import { errorData } from "./errors.ts";
import { carriedIdentity } from "./identity.ts";
import { inspection, preflight } from "./images.ts";
import { foundManifest } from "./manifest.ts";
import { batchRequest, logLine, phaseName, run, runRequest } from "./runs.ts";
import { settings, storedSettings } from "./settings.ts";
import type { Signal } from "./signal.ts";
import { buildPlace, installPlan } from "./targets.ts";

const nothing = z.object({}).strict();
/** Zero is a manifest that says nothing of its age. */
const goneBackTo = z.number().int().nonnegative();

/** What this machine can do, asked once at start. */
export const machine = z.object({
  hostname: z.string(),
  user: z.string(),
  nix: z.discriminatedUnion("state", [
    z.object({ state: z.literal("present"), version: z.string() }),
    z.object({ state: z.literal("missing") }),
  ]),
});

/** Everything a door shows, as one snapshot; events keep it current from then on. */
const appState = z.object({
  version: z.string(),
  machine,
  catalog,
  catalogSource,
  drives: z.array(drive),
  /** What is done to drives beside provisioning, and what came of it last. */
  driveTasks: z.array(driveTask),
  devices: z.array(device),
  /** Runs under way, and those that ended without success and were not dismissed. */
  runs: z.array(run),
  settings: storedSettings,
  /** What is amiss and needs a person, such as settings that cannot be read. */
  problems: z.array(errorData),
});
export type AppState = z.infer<typeof appState>;
export type Machine = z.infer<typeof machine>;

/** A folder as the image chooser shows it: folders, and files that look like images. */
export const folder = z.object({
  path: z.string(),
  parent: z.string().nullable(),
  entries: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      kind: z.enum(["folder", "image"]),
      sizeBytes: z.number().nullable(),
    }),
  ),
  /** How many more there are, of a folder that holds too many to be shown. */
  leftOut: z.number().int(),
});
export type Folder = z.infer<typeof folder>;

/** The one table of calls. IPC, WebSocket, preload and the test double are derived from it. */
export const calls = {
  "app.state": { input: nothing, output: appState },
  "catalog.reload": { input: nothing, output: z.object({ catalog, source: catalogSource }) },
  /** What is in the inventory alone: costs no look at drives, and no evaluation. */
  "devices.list": { input: nothing, output: z.array(device) },
  "devices.identify": { input: z.object({ text: z.string().max(200) }).strict(), output: identified },
  "devices.add": {
    input: z.object({ serial: z.string().max(200), role: z.string().nullable() }).strict(),
    output: device,
  },
  "devices.show": {
    input: z.object({ serial: z.string().max(200) }).strict(),
    output: z.object({ device, runs: z.array(run) }),
  },
  /** The deliberate act: names the device that is to be removed, twice. Its runs are forgotten with it. */
  "devices.remove": {
    input: z.object({ serial: z.string().max(200), removeConfirmed: z.string().max(200) }).strict(),
    output: z.object({ runs: z.number().int() }),
  },
  /** What is plugged in, and the runs that are at work on it. */
  "drives.list": { input: nothing, output: z.object({ drives: z.array(drive), runs: z.array(run) }) },
  "drives.createPractice": {
    input: z
      .object({
        sizeBytes: z
          .number()
          .int()
          .min(16 * 1024 ** 2)
          .max(64 * 1024 ** 3),
      })
      .strict(),
    output: drive,
  },
  "drives.removePractice": { input: z.object({ driveKey: z.string() }).strict(), output: nothing },
  /** Whose medium a drive is, read from the drive itself; null where it carries no identity. */
  "drives.identity": {
    input: z.object({ driveKey: z.string() }).strict(),
    output: carriedIdentity.nullable(),
  },
  ...driveTaskCalls,
  "images.inspect": { input: z.object({ path: z.string().max(4096) }).strict(), output: inspection },
  /** The image to practise with, made here if need be. */
  "images.practice": { input: z.object({ medium: host.shape.medium }).strict(), output: inspection },
  "images.preflight": { input: z.object({ host: z.string(), role: z.string() }).strict(), output: preflight },
  /** The manifest of the settings, read anew; null where none is set. */
  "images.manifest": { input: nothing, output: foundManifest.nullable() },
  /** The deliberate act: names the serial of the older manifest that is to be taken again, twice. */
  "images.goBack": {
    input: z.object({ serial: goneBackTo, goBackConfirmed: goneBackTo }).strict(),
    output: foundManifest.nullable(),
  },
  "files.list": { input: z.object({ path: z.string().max(4096).nullable() }).strict(), output: folder },
  "runs.start": { input: runRequest.strict(), output: run },
  /** All of them begin, or none: what one may not have, none begins. Each is a run like any other from then on. */
  "runs.startBatch": { input: batchRequest.strict(), output: z.array(run) },
  "runs.cancel": { input: z.object({ runId: z.string() }).strict(), output: nothing },
  /** Goes on at the first phase that is not done; `driveKey` and its confirmation as in `runs.start`. */
  "runs.resume": {
    input: z.object({ runId: z.string(), driveKey: z.string(), eraseConfirmed: z.string() }).strict(),
    output: run,
  },
  /**
   * Goes on behind the medium: at the first phase that is not done, or with the phases that are named, each anew.
   * Nothing is asked about a drive; what is about a disk of the target is asked in the plan phase.
   */
  "runs.follow": {
    input: z.object({ runId: z.string(), phases: z.array(phaseName).min(1).nullable() }).strict(),
    output: run,
  },
  /** Where the target is, as a person typed or scanned it: an address, a name, or the link of its QR code. */
  "runs.aim": {
    input: z.object({ runId: z.string(), address: z.string().max(500) }).strict(),
    output: nothing,
  },
  /** What choosing a disk would do, before anything is agreed to. */
  "runs.plan": {
    input: z.object({ runId: z.string(), diskKey: z.string(), buildPlace }).strict(),
    output: installPlan,
  },
  /** The deliberate act: names the disk that the person agreed to erase, twice. */
  "runs.chooseDisk": {
    input: z
      .object({ runId: z.string(), diskKey: z.string(), eraseConfirmed: z.string(), buildPlace })
      .strict(),
    output: nothing,
  },
  "runs.dismiss": { input: z.object({ runId: z.string() }).strict(), output: nothing },
  "runs.show": {
    input: z.object({ runId: z.string() }).strict(),
    output: z.object({ run, log: z.array(logLine) }),
  },
  "settings.show": { input: nothing, output: storedSettings },
  "settings.update": { input: settings.partial().strict(), output: storedSettings },
} as const;

/** The one table of notifications, main to door. */
export const events = {
  drives: z.array(drive),
  /** All of them, whenever one changed. */
  driveTasks: z.array(driveTask),
  device,
  deviceRemoved: z.object({ serial: z.string() }),
  run,
  log: z.object({ runId: z.string(), lines: z.array(logLine) }),
  settings: storedSettings,
  catalog: z.object({ catalog, source: catalogSource }),
  /** All of them, whenever that changed. */
  problems: z.array(errorData),
} as const;

export type CallName = keyof typeof calls;
export type CallInput<Name extends CallName> = z.output<(typeof calls)[Name]["input"]>;
export type CallOutput<Name extends CallName> = z.output<(typeof calls)[Name]["output"]>;
export type EventName = keyof typeof events;
export type EventPayload<Name extends EventName> = z.output<(typeof events)[Name]>;

/** Main's side: a handler for every call. What only looks ends with the signal, as CANCELLED; acts go on. */
export type Handlers = {
  [Name in CallName]: (input: CallInput<Name>, signal?: Signal) => Promise<CallOutput<Name>>;
};

export type Notification = { [Name in EventName]: { event: Name; payload: EventPayload<Name> } }[EventName];
export type Notify = (notification: Notification) => void;

/** A door's side: the same calls, and a subscription. */
export type Bridge = {
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
  /** Returns the function that ends the subscription. */
  subscribe(listener: Notify): () => void;
};

/** What main offers to a door. */
export type Floppy = {
  handlers: Handlers;
  subscribe(listener: Notify): () => void;
};
