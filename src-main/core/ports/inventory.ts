/** What the core keeps, and what it is set to. */
import type { Device } from "#contract/devices.ts";
import type { FloppyError } from "#contract/errors.ts";
import type { ImageBasis, Inspection } from "#contract/images.ts";
import type { LogLine, Run } from "#contract/runs.ts";
import type { Settings } from "#contract/settings.ts";

export type OpenRun = { run: Run; owner: "this" | "other" | "dead" };

/** What was changed or removed (null) since a mark, by its key, and the mark to ask with the next time. */
export type Changes<Changed> = { mark: number; changed: Map<string, Changed | null> };

/** Devices, runs and their journal. Several processes may have it open at once. */
export type Inventory = {
  devices(): Promise<Device[]>;
  device(serial: string): Promise<Device | null>;
  /** By whatever process; without a mark nothing but the mark of now. */
  deviceChanges(since: number | null): Promise<Changes<Device>>;
  /** Adds the device, or leaves the one that is there as it is. */
  registerDevice(device: Device): Promise<Device>;
  /** Changes the named fields of one device and returns it whole. */
  updateDevice(
    serial: string,
    change: Partial<Pick<Device, "role" | "status" | "hostKey" | "lastRunId" | "hostname" | "practice">>,
  ): Promise<Device>;
  /** Removes the device and all that is kept of its runs, whose ids it gives. DEVICE_BUSY while one is under way. */
  removeDevice(serial: string): Promise<string[]>;

  /**
   * Journals the run as it now is, whole. The owner is the process that works on it. DEVICE_BUSY or DRIVE_BUSY, and
   * nothing saved, where a living other process works on this run, or on the device or drive that it starts on.
   */
  saveRun(run: Run): Promise<void>;
  run(id: string): Promise<Run | null>;
  runsOf(serial: string): Promise<Run[]>;
  /** Neither done nor dismissed, with whether the owning process still lives. */
  openRuns(): Promise<OpenRun[]>;
  /** Those of these devices. */
  openRunsOf(serials: string[]): Promise<OpenRun[]>;
  /** Those that are worked on, or were when their process died. */
  runningRuns(): Promise<OpenRun[]>;
  /** As `deviceChanges`; of whatever state, with whose it is. */
  runChanges(since: number | null): Promise<Changes<OpenRun>>;
  /** The open one with that id. */
  openRun(id: string): Promise<OpenRun | null>;

  appendLog(runId: string, lines: LogLine[]): Promise<void>;
  log(runId: string): Promise<LogLine[]>;

  /** What inspecting a file found, if that rests upon this very basis. */
  inspection(path: string, basis: ImageBasis): Promise<Inspection | null>;
  saveInspection(inspection: Inspection): Promise<void>;
  /** The next one who asks reads the file anew. */
  forgetInspection(path: string): Promise<void>;

  /** Calls back when another process changed something; returns the function that stops it. */
  watch(listener: () => void): () => void;
  close(): Promise<void>;
};

/** What could be read, and what is wrong in it: with a problem no medium is written. */
export type LoadedSettings = { settings: Settings; problem: FloppyError | null };

export type SettingsStore = {
  load(): Promise<LoadedSettings>;
  /** Whatever is not named stays as it lies there. */
  save(change: Partial<Settings>): Promise<LoadedSettings>;
};
