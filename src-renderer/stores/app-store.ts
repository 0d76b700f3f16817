import { createStore } from "zustand/vanilla";
import type { AppState, Bridge, CallInput, Notification } from "#contract/api.ts";
import type { Device } from "#contract/devices.ts";
import { type ErrorData, toErrorData } from "#contract/errors.ts";
import type { TestMode } from "#contract/media.ts";
import type { PhaseName, Run } from "#contract/runs.ts";
import type { Settings } from "#contract/settings.ts";
import type { StationDoor } from "#contract/station.ts";
import { upsert } from "./keyed.ts";

export type Connection = "open" | "lost" | "refused";
export type AppBridge = Bridge & {
  watchConnection(listener: (connection: Connection) => void): () => void;
  station: StationDoor | null;
};

export type AppView =
  | { state: "loading" }
  | { state: "unavailable"; error: ErrorData }
  | { state: "ready"; app: AppState; connection: Connection };

const serialOf = ({ serial }: Device) => serial;
const idOf = ({ id }: Run) => id;

/** The snapshot with one notification taken in. */
export function applyNotification(app: AppState, notification: Notification): AppState {
  switch (notification.event) {
    case "drives":
      return { ...app, drives: notification.payload };
    case "driveTasks":
      return { ...app, driveTasks: notification.payload };
    case "device":
      return { ...app, devices: upsert(app.devices, notification.payload, serialOf) };
    case "deviceRemoved": {
      const isOther = ({ serial }: { serial: string }) => serial !== notification.payload.serial;
      return { ...app, devices: app.devices.filter(isOther), runs: app.runs.filter(isOther) };
    }
    case "run":
      return { ...app, runs: upsert(app.runs, notification.payload, idOf) };
    case "settings":
      return { ...app, settings: notification.payload };
    case "catalog":
      return { ...app, catalog: notification.payload.catalog, catalogSource: notification.payload.source };
    case "problems":
      return { ...app, problems: notification.payload };
    case "log":
      return app;
  }
}

export type AppStore = ReturnType<typeof createAppStore>;

/** Main's state as this door last heard it: one snapshot, then notifications; read anew after every reconnect. */
export function createAppStore(bridge: AppBridge) {
  const store = createStore<AppView>(() => ({ state: "loading" }));
  /** What arrives while a snapshot is on its way; it may be newer than the snapshot. */
  let early: Notification[] | null = null;

  /** The snapshot that is on its way, which all who ask meanwhile get. */
  let loading: Promise<void> | null = null;

  function fail(thrown: unknown) {
    const error = toErrorData(thrown);
    // Who is signed out sees no more of what was known; who lost the connection does.
    if (store.getState().state !== "ready" || error.code === "UNAUTHORIZED")
      store.setState({ state: "unavailable", error }, true);
  }

  async function readSnapshot() {
    early = [];
    try {
      const snapshot = await bridge.call("app.state", {});
      const app = early.reduce(applyNotification, snapshot);
      store.setState({ state: "ready", app, connection: "open" }, true);
    } catch (thrown) {
      fail(thrown);
    } finally {
      early = null;
      loading = null;
    }
  }

  function load(): Promise<void> {
    loading ??= readSnapshot();
    return loading;
  }

  function take(notification: Notification) {
    if (early) early.push(notification);
    const view = store.getState();
    if (view.state === "ready") store.setState({ app: applyNotification(view.app, notification) });
  }

  bridge.subscribe(take);
  bridge.watchConnection((connection) => {
    if (connection !== "lost") void load();
    else if (store.getState().state === "ready") store.setState({ connection: "lost" });
  });

  return {
    ...store,
    load,
    app(): AppState {
      const view = store.getState();
      if (view.state !== "ready") throw new Error("The app's state is not here yet.");
      return view.app;
    },
    take,
    async updateSettings(change: Partial<Settings>) {
      take({ event: "settings", payload: await bridge.call("settings.update", change) });
    },
    async reloadCatalog() {
      take({ event: "catalog", payload: await bridge.call("catalog.reload", {}) });
    },
    /** Naming the device twice is the contract's deliberate act. */
    async removeDevice(serial: string) {
      await bridge.call("devices.remove", { serial, removeConfirmed: serial });
    },
    async dismissRun(runId: string) {
      await bridge.call("runs.dismiss", { runId });
    },
    async cancelRun(runId: string) {
      await bridge.call("runs.cancel", { runId });
    },
    /** Goes on behind the medium; with phases that are named, those alone and anew. */
    async followRun(runId: string, phases: PhaseName[] | null = null) {
      take({ event: "run", payload: await bridge.call("runs.follow", { runId, phases }) });
    },
    async testDrive(driveKey: string, mode: TestMode) {
      // Naming the drive twice is the contract's deliberate act; the screen has had it held for.
      const eraseConfirmed = mode === "full" ? driveKey : null;
      await bridge.call("drives.test", { driveKey, mode, eraseConfirmed });
    },
    async saveDrive(request: CallInput<"drives.save">) {
      await bridge.call("drives.save", request);
    },
    async replaceSavedDrive(
      driveKey: string,
      { path, part }: Pick<CallInput<"drives.save">, "path" | "part">,
    ) {
      // Naming the file twice is the contract's deliberate act; the screen has had it held for.
      await bridge.call("drives.save", { driveKey, path, part, replaceConfirmed: path });
    },
    async restoreDrive(driveKey: string) {
      await bridge.call("drives.restore", { driveKey, label: "FLOPPY", eraseConfirmed: driveKey });
    },
    async cancelTask(taskId: string) {
      await bridge.call("drives.cancelTask", { taskId });
    },
    async dismissTask(taskId: string) {
      await bridge.call("drives.dismissTask", { taskId });
    },
    /** Where a person's images are looked for first. */
    async homeFolder() {
      return (await bridge.call("files.list", { path: null })).path;
    },
    /** The key of the new drive. */
    async createPractice(sizeBytes: number) {
      return (await bridge.call("drives.createPractice", { sizeBytes })).key;
    },
    async removePractice(driveKey: string) {
      await bridge.call("drives.removePractice", { driveKey });
    },
  };
}
