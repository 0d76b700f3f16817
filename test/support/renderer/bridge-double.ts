import {
  type AppState,
  type CallName,
  calls,
  events,
  type Handlers,
  type Notification,
} from "#contract/api.ts";
import { dispatch, type Reply } from "#contract/dispatch.ts";
import type { DriveRequest, DriveTask } from "#contract/drive-tasks.ts";
import { FloppyError } from "#contract/errors.ts";
import { installationOf, nextPhase, type Run } from "#contract/runs.ts";
import { settings } from "#contract/settings.ts";
import { makePlan } from "#core/install/plan.ts";
import { parseTargetAddress } from "#core/install/target-address.ts";
import { flakeLayout } from "../../unit/core/install/machine.ts";
import { bench, foundManifest, hostKey, identify, inspectionOf, practiceInspection } from "./bench-data.ts";
import { cardRun } from "./bench-runs.ts";
import { taskOf } from "./bench-tasks.ts";

/** Of a page that stays. */
const neverLeft = new AbortController().signal;

export type BridgeDouble = ReturnType<typeof createBridgeDouble>;

/** What an event brings takes the place of what the state had under its name. */
const asItIs = new Set<string>(["drives", "driveTasks", "settings", "problems"]);

/**
 * Main as the renderer sees it, without anything behind it: the contract's own dispatch over hand-written
 * handlers, answers and notifications checked against the contract, and a state that tests move by hand.
 */
export function createBridgeDouble(change: Partial<AppState> = {}) {
  let app: AppState = { ...bench(), ...change };
  const listeners = new Set<(notification: Notification) => void>();
  const asked: { name: CallName; input: unknown }[] = [];

  function emit(notification: Notification) {
    const payload = events[notification.event].parse(notification.payload);
    if (asItIs.has(notification.event)) app = { ...app, [notification.event]: notification.payload };
    if (notification.event === "device") {
      const { payload: device } = notification;
      app = {
        ...app,
        devices: [...app.devices.filter((other) => other.serial !== device.serial), device],
      };
    }
    if (notification.event === "deviceRemoved") {
      const isOther = ({ serial }: { serial: string }) => serial !== notification.payload.serial;
      app = { ...app, devices: app.devices.filter(isOther), runs: app.runs.filter(isOther) };
    }
    if (notification.event === "run") {
      const { payload: run } = notification;
      app = { ...app, runs: [...app.runs.filter((other) => other.id !== run.id), run] };
    }
    for (const listener of listeners) listener({ event: notification.event, payload } as Notification);
  }

  function findRun(runId: string): Run {
    const run = app.runs.find((candidate) => candidate.id === runId);
    if (run) return run;
    throw new FloppyError("RUN_UNKNOWN", "There is no such run.", "Nothing was done.");
  }

  function startRun(run: Run): Run {
    emit({ event: "run", payload: run });
    return run;
  }

  function startTask(driveKey: string, request: DriveRequest): DriveTask {
    const drive = app.drives.find((candidate) => candidate.key === driveKey);
    if (!drive) throw new FloppyError("DRIVE_GONE", "The drive is gone.", "Nothing was written.");
    const task = taskOf(drive, request);
    emit({ event: "driveTasks", payload: [...withoutTask(task.id), task] });
    return task;
  }

  const withoutTask = (taskId: string) => app.driveTasks.filter(({ id }) => id !== taskId);

  const handlers: Handlers = {
    "app.state": async () => app,
    "devices.list": async () => app.devices,
    "drives.list": async () => ({ drives: app.drives, runs: app.runs }),
    "catalog.reload": async () => ({ catalog: app.catalog, source: app.catalogSource }),
    "devices.identify": async ({ text }) => identify(text, app),
    "devices.add": async ({ serial }) => {
      const known = identify(serial, app).known;
      if (known) return known;
      throw new FloppyError("DEVICE_UNKNOWN", "The double adds no devices.", "Nothing was done.");
    },
    "devices.show": async ({ serial }) => {
      const device = app.devices.find((candidate) => candidate.serial === serial);
      if (!device) throw new FloppyError("DEVICE_UNKNOWN", `${serial} is not known.`, "Nothing was done.");
      return { device, runs: app.runs.filter((run) => run.serial === serial) };
    },
    "devices.remove": async ({ serial }) => {
      const runs = app.runs.filter((run) => run.serial === serial).length;
      emit({ event: "deviceRemoved", payload: { serial } });
      return { runs };
    },
    "drives.createPractice": async ({ sizeBytes }) => {
      const [card] = bench().drives;
      if (!card) throw new Error("The bench has no card.");
      const drive = {
        ...card,
        key: `practice-${app.drives.length}`,
        name: "Practice drive",
        kind: "practice" as const,
        transport: "file" as const,
        port: null,
        identity: { ...card.identity, path: "/practice/1.img", serial: null, sizeBytes },
        volumes: [],
      };
      emit({ event: "drives", payload: [...app.drives, drive] });
      return drive;
    },
    "drives.removePractice": async ({ driveKey }) => {
      emit({ event: "drives", payload: app.drives.filter((drive) => drive.key !== driveKey) });
      return {};
    },
    "drives.identity": async ({ driveKey }) => {
      const run = app.runs.findLast(({ drive }) => drive.key === driveKey);
      if (!run) return null;
      const { serial, host, role, id: runId } = run;
      return { serial, host, role, runId, hostname: serial.toLowerCase(), hostKey };
    },
    "drives.test": async ({ driveKey, mode }) => startTask(driveKey, { kind: "test", mode }),
    "drives.save": async ({ driveKey, path, part, replaceConfirmed }) =>
      startTask(driveKey, { kind: "save", path, part, replace: replaceConfirmed !== null }),
    "drives.restore": async ({ driveKey, label }) => startTask(driveKey, { kind: "restore", label }),
    "drives.cancelTask": async ({ taskId }) => {
      const status = { state: "cancelled" as const, endedAt: "2026-03-02T09:44:00Z" };
      const payload = app.driveTasks.map((task) => (task.id === taskId ? { ...task, status } : task));
      emit({ event: "driveTasks", payload });
      return {};
    },
    "drives.dismissTask": async ({ taskId }) => {
      emit({ event: "driveTasks", payload: withoutTask(taskId) });
      return {};
    },
    "images.practice": async ({ medium }) => practiceInspection(medium),
    "images.inspect": async ({ path }) => inspectionOf(path),
    "images.preflight": async ({ role }) => ({
      ready: true,
      checks: [
        { name: "Nix", ok: true, found: "nix 2.24.9, flakes enabled", fix: null },
        { name: "aarch64-linux", ok: true, found: "built here through binfmt", fix: null },
        { name: "Free disk", ok: true, found: `84 GiB in /nix, ${role} needs about 9 GiB`, fix: null },
      ],
    }),
    "images.manifest": async () =>
      app.settings.manifest && { ...foundManifest, url: app.settings.manifest.url },
    "images.goBack": async () =>
      app.settings.manifest && { ...foundManifest, url: app.settings.manifest.url },
    "files.list": async ({ path }) => ({
      path: path ?? "/home/tech/images",
      parent: path === "/home/tech" ? null : "/home/tech",
      entries: [
        { name: "archive", path: "/home/tech/images/archive", kind: "folder", sizeBytes: null },
        {
          name: "robot.img.zst",
          path: "/home/tech/images/robot.img.zst",
          kind: "image",
          sizeBytes: 912_000_000,
        },
        {
          name: "truncated.img.xz",
          path: "/home/tech/images/truncated.img.xz",
          kind: "image",
          sizeBytes: 9_000,
        },
        {
          name: "installer.img",
          path: "/home/tech/images/installer.img",
          kind: "image",
          sizeBytes: 1_200_000_000,
        },
      ],
      leftOut: 0,
    }),
    "runs.start": async ({ serial, role, image, driveKey }) => {
      const drive = app.drives.find((candidate) => candidate.key === driveKey);
      if (!drive) throw new FloppyError("DRIVE_GONE", "The drive is gone.", "Nothing was written.");
      return startRun(cardRun({ serial, role, imageChoice: image, drive }));
    },
    "runs.startBatch": async ({ role, image, members }) => {
      const serials = members.map(({ serial }) => serial);
      return members.map(({ serial, driveKey }) => {
        const drive = app.drives.find((candidate) => candidate.key === driveKey);
        if (!drive) throw new FloppyError("DRIVE_GONE", "The drive is gone.", "Nothing was written.");
        const batch = { id: `batch-${serials[0]}`, serials };
        return startRun({ ...cardRun({ serial, role, imageChoice: image, drive }), batch });
      });
    },
    "runs.cancel": async ({ runId }) => {
      const run = findRun(runId);
      if (run.status.state !== "running")
        throw new FloppyError("RUN_STATE", "It is over.", "Nothing was done.");
      const status = {
        state: "cancelled" as const,
        phase: run.status.phase,
        endedAt: "2026-03-02T09:44:00Z",
      };
      emit({ event: "run", payload: { ...run, status } });
      return {};
    },
    "runs.resume": async ({ runId }) =>
      startRun({ ...findRun(runId), status: { state: "running", phase: "write" } }),
    "runs.follow": async ({ runId }) => {
      const run = findRun(runId);
      const phase = nextPhase(run) ?? "confirm";
      const phases = run.phases.map((one) =>
        one.name === phase
          ? { name: phase, status: { state: "running" as const, startedAt: run.startedAt, progress: null } }
          : one,
      );
      return startRun({ ...run, phases, status: { state: "running", phase } });
    },
    "runs.aim": async ({ address }) => {
      parseTargetAddress(address);
      return {};
    },
    "runs.plan": async ({ runId, diskKey, buildPlace }) => {
      const found = findRun(runId);
      const facts = installationOf(found)?.facts;
      if (!facts) throw new FloppyError("RUN_STATE", "Not looked at yet.", "Nothing was done.");
      return makePlan({ facts, layout: flakeLayout, target: found.target }, diskKey, buildPlace);
    },
    "runs.chooseDisk": async () => ({}),
    "runs.dismiss": async ({ runId }) => {
      const status = { state: "dismissed" as const, endedAt: "2026-03-02T09:50:00Z" };
      emit({ event: "run", payload: { ...findRun(runId), status } });
      return {};
    },
    "runs.show": async ({ runId }) => ({
      run: findRun(runId),
      log: [
        {
          at: "2026-03-02T09:41:02Z",
          phase: "image",
          level: "info",
          text: "Image raspberry-robot is ready.",
        },
        { at: "2026-03-02T09:41:05Z", phase: "write", level: "info", text: "Opened /dev/sdb exclusively." },
      ],
    }),
    "settings.show": async () => app.settings,
    "settings.update": async (change) => {
      const payload = settings.parse({ ...app.settings, ...change });
      emit({ event: "settings", payload });
      emit({ event: "problems", payload: [] });
      return payload;
    },
  };

  /** One call as it crosses a process: input, answer and error all in the contract's shape. */
  async function call(name: string, input: unknown): Promise<Reply> {
    asked.push({ name: name as CallName, input });
    const reply = await dispatch(handlers, name, input, neverLeft);
    if (reply.ok) calls[name as CallName].output.parse(reply.value);
    return reply;
  }

  return {
    call,
    subscribe(listener: (notification: Notification) => void) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    emit,
    /** Handlers may be replaced one by one: `double.handlers["runs.start"] = …`. */
    handlers,
    asked,
    state: () => app,
  };
}
