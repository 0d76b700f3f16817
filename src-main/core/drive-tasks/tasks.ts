/** What is done to one drive beside provisioning: tests, saving, restoring. Kept while Floppy is open, and no longer. */
import type { CallInput, Notify } from "#contract/api.ts";
import {
  type DriveRequest,
  type DriveResult,
  type DriveTask,
  erases,
  taskStage,
} from "#contract/drive-tasks.ts";
import type { Drive } from "#contract/drives.ts";
import { FloppyError, toErrorData } from "#contract/errors.ts";
import { harmless } from "#contract/harmless.ts";
import type { Ports } from "../ports/ports.ts";
import { type Admission, findDrive, refuseUnfitDrive } from "../runs/admission.ts";

export type DriveTasks = ReturnType<typeof createDriveTasks>;

type Work = { abort: AbortController; over: Promise<void> };
type Observer = Parameters<Ports["writer"]["save"]>[2];

function refuse(what: string): never {
  throw new FloppyError("TASK_STATE", what, "Nothing was changed. Look at the drive’s tools again.");
}

export function createDriveTasks(world: {
  ports: Ports;
  notify: Notify;
  admission: Pick<Admission, "refuseBusyDrive" | "holdDrive">;
}) {
  const { ports, notify, admission } = world;
  const tasks = new Map<string, DriveTask>();
  const working = new Map<string, Work>();
  let closing = false;

  function put(task: DriveTask): void {
    tasks.set(task.id, task);
    notify({ event: "driveTasks", payload: [...tasks.values()] });
  }

  function change(id: string, next: (task: DriveTask) => DriveTask): void {
    const task = tasks.get(id);
    if (task) put(next(task));
  }

  async function start(driveKey: string, request: DriveRequest, agreedTo: string | null): Promise<DriveTask> {
    if (erases(request) && agreedTo !== driveKey) {
      throw new FloppyError(
        "INVALID_INPUT",
        "Erasing this drive was not confirmed.",
        "Nothing was written. Confirm the very drive that is to be erased.",
      );
    }
    const drive = await findDrive(ports.drives, driveKey);
    if (request.kind !== "save") refuseUnfitDrive(drive, null);
    await admission.refuseBusyDrive(drive);
    if (closing) refuse("Floppy is closing.");
    const id = ports.clock.newId();
    const release = admission.holdDrive(id, drive);
    forgetEnded(driveKey);
    put({ ...begun(id, request, drive), startedAt: now() });
    const abort = new AbortController();
    const over = work(id, request, drive, abort.signal).finally(() => {
      working.delete(id);
      release();
    });
    working.set(id, { abort, over });
    return shown(id);
  }

  async function work(id: string, request: DriveRequest, drive: Drive, signal: AbortSignal): Promise<void> {
    try {
      const result = await perform(ports.writer, request, drive, observer(id), signal);
      change(id, (task) => ({ ...task, status: { state: "done", endedAt: now(), result } }));
    } catch (thrown) {
      const error = toErrorData(thrown);
      const ended = { endedAt: now() };
      change(id, (task) => ({
        ...task,
        status:
          error.code === "CANCELLED"
            ? { state: "cancelled", ...ended }
            : { state: "failed", ...ended, error },
      }));
    }
  }

  function observer(id: string): Observer {
    return {
      progress(stage, progress) {
        const known = taskStage.safeParse(stage);
        if (!known.success) return;
        const status = { state: "running" as const, progress: { stage: known.data, ...progress } };
        change(id, (task) => ({ ...task, status }));
      },
      log: (_level, text) => change(id, (task) => ({ ...task, notes: [...task.notes, harmless(text)] })),
    };
  }

  /** One outcome a drive: what is asked of it next takes its place. */
  function forgetEnded(driveKey: string): void {
    for (const task of tasks.values()) {
      if (task.drive.key === driveKey && task.status.state !== "running") tasks.delete(task.id);
    }
  }

  function shown(id: string): DriveTask {
    return tasks.get(id) ?? refuse("There is no such task.");
  }

  const now = () => ports.clock.now().toISOString();

  return {
    list: () => [...tasks.values()],
    test: ({ driveKey, mode, eraseConfirmed }: CallInput<"drives.test">) =>
      start(driveKey, { kind: "test", mode }, eraseConfirmed),
    async save({ driveKey, path, part, replaceConfirmed }: CallInput<"drives.save">) {
      refuseOtherFile(path, replaceConfirmed);
      const replace = replaceConfirmed !== null;
      return start(driveKey, { kind: "save", path, part, replace }, null);
    },
    restore: ({ driveKey, label, eraseConfirmed }: CallInput<"drives.restore">) =>
      start(driveKey, { kind: "restore", label }, eraseConfirmed),
    async cancel(id: string): Promise<void> {
      const under = working.get(id) ?? refuse("What is over cannot be cancelled.");
      under.abort.abort();
      await under.over;
    },
    async dismiss(id: string): Promise<void> {
      if (shown(id).status.state === "running") refuse("What is under way cannot be put aside.");
      tasks.delete(id);
      notify({ event: "driveTasks", payload: [...tasks.values()] });
    },
    busy: () => working.size > 0,
    async shutDown(): Promise<void> {
      closing = true;
      const all = [...working.values()];
      for (const { abort } of all) abort.abort();
      await Promise.all(all.map(({ over }) => over));
    },
  };
}

function refuseOtherFile(path: string, agreedTo: string | null): void {
  if (agreedTo === null || agreedTo === path) return;
  throw new FloppyError(
    "INVALID_INPUT",
    "Replacing this file was not confirmed.",
    "Nothing was written. Confirm the very file that is to be replaced.",
  );
}

function begun(id: string, request: DriveRequest, drive: Drive): Omit<DriveTask, "startedAt"> {
  return { id, request, drive, status: { state: "running", progress: null }, notes: [] };
}

async function perform(
  writer: Ports["writer"],
  request: DriveRequest,
  { identity, writable }: Drive,
  observe: Observer,
  signal: AbortSignal,
): Promise<DriveResult> {
  switch (request.kind) {
    case "test": {
      const job = { job: "test" as const, drive: identity, mode: request.mode };
      return { kind: "test", report: await writer.test(job, writable, observe, signal) };
    }
    case "save": {
      const { path, part, replace } = request;
      const job = { job: "save" as const, drive: identity, path, part, replace };
      return { kind: "save", saved: await writer.save(job, writable, observe, signal) };
    }
    case "restore": {
      const job = { job: "restore" as const, drive: identity, label: request.label };
      return { kind: "restore", restored: await writer.restore(job, writable, observe, signal) };
    }
  }
}
