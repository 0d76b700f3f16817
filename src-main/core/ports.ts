/** What the core needs of the world. Adapters implement these; tests pass their own. */

import type { Folder, Machine } from "#contract/api.ts";
import type { Catalog, CatalogSource, Host, System } from "#contract/catalog.ts";
import type { Device } from "#contract/devices.ts";
import type { Drive, DriveIdentity } from "#contract/drives.ts";
import type { FloppyError } from "#contract/errors.ts";
import type { HardwareFacts } from "#contract/hardware.ts";
import type { CarriedIdentity } from "#contract/identity.ts";
import type { BuildProgress, ImageBasis, Inspection, Preflight, Provenance } from "#contract/images.ts";
import type { Layout } from "#contract/layout.ts";
import type { FoundManifest, ManifestImage, ManifestPlace } from "#contract/manifest.ts";
import type { DriveReport, RestoredDrive, SavedDrive } from "#contract/media.ts";
import type { LogLine, Run, TransferProgress } from "#contract/runs.ts";
import type { Settings } from "#contract/settings.ts";
import type { Announced, BuiltSystem, TargetAddress } from "#contract/targets.ts";
import type {
  FlashResult,
  FlashTarget,
  MediumFile,
  RestoreJob,
  SaveJob,
  TestJob,
  WriteMode,
  WriterStage,
} from "#contract/writer.ts";

export type Clock = {
  now(): Date;
  newId(): string;
  /** Resolves after that time; CANCELLED on abort. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
};

export type Log = (level: LogLine["level"], text: string) => void;

/** The drives that may be offered: removable and practice, never one that holds the running system. */
export type Drives = {
  list(): Promise<Drive[]>;
  /** Calls back with the whole list whenever it changed; returns the function that stops it. */
  watch(listener: (drives: Drive[]) => void): () => void;
};

export type PracticeDrives = {
  create(sizeBytes: number): Promise<Drive>;
  remove(driveKey: string): Promise<void>;
};

/** Images to practise with: small, always the same, and for practice drives alone. */
export type PracticeImages = {
  /** The path of the one for such a medium, made where it is not there yet. DISK_FULL, PRACTICE_UNAVAILABLE. */
  image(medium: Host["medium"], signal: AbortSignal): Promise<string>;
};

/** What nix gave: the image file and where it came from. */
export type BuiltImage = { path: string; provenance: Extract<Provenance, { source: "nix" }> };

export type BuildRequest = {
  flake: string;
  /** Output attribute, e.g. `images.raspberry-robot`. */
  attribute: string;
  system: System;
  settings: Settings;
};

export type Nix = {
  version(): Promise<string | null>;
  preflight(request: BuildRequest, signal: AbortSignal): Promise<Preflight>;
  build(
    request: BuildRequest,
    observe: { progress(progress: BuildProgress): void; log: Log },
    signal: AbortSignal,
  ): Promise<BuiltImage>;
};

export type Catalogs = {
  /** The catalog of a flake (null: the bundled one), or the checked-in copy with the reason why. */
  load(flake: string | null): Promise<{ catalog: Catalog; source: CatalogSource }>;
  /** The checked-in copy at once, with the reason why it is that. */
  copy(reason: string): Promise<{ catalog: Catalog; source: CatalogSource }>;
};

export type DownloadObserver = {
  progress(progress: TransferProgress): void;
  log: Log;
  /** Called where it has to be downloaded, once first bytes are there: where they lie meanwhile, and will in the end. */
  begun?(at: { part: string; path: string }): void;
};

/** An image that is being downloaded, and can be read as far as it is there. */
export type Arrival = {
  /** Where its bytes lie until it is whole. */
  part: string;
  /** Calls back with the bytes that are there, now and as they become more; returns what ends it. */
  watch(tell: (bytes: number) => void): () => void;
  /** Resolves when all of it is there and is what the manifest says; rejects with why it does not come. */
  whole: Promise<unknown>;
};

/** Images that were built elsewhere, listed in a manifest. */
export type Downloads = {
  /**
   * MANIFEST_UNREADABLE, MANIFEST_UNTRUSTED, MANIFEST_OLDER, MANIFEST_EXPIRED; where its server cannot be asked, the
   * copy that was kept, if any.
   */
  manifest(place: ManifestPlace, signal: AbortSignal): Promise<FoundManifest>;
  /** The same, but the one with this very serial is taken though a later one was seen; that is forgotten then. */
  goBack(place: ManifestPlace, serial: number, signal: AbortSignal): Promise<FoundManifest>;
  /** The path of the whole file, which is downloaded unless it was before. DOWNLOAD_FAILED, DISK_FULL, CANCELLED. */
  image(image: ManifestImage, observe: DownloadObserver, signal: AbortSignal): Promise<string>;
  /** Removes an image that is not what it was any more. */
  forget(image: ManifestImage): Promise<void>;
  /** Makes room: what was not used for a week goes, unless it is one of these. */
  prune(named: ManifestImage[]): Promise<void>;
};

export type FlashObserver = {
  progress(stage: "write" | "verify", progress: TransferProgress): void;
  log: Log;
};

/** What is written. Without a mode the writer finds out by itself what is quickest. */
export type FlashSource = { image: Inspection; arrival?: Arrival | null; mode?: WriteMode };

/** An image for one drive. */
export type FlashRequest = FlashTarget & FlashSource;

/** One drive of several, who watches it, and who may stop it. */
export type FlashOrder = FlashTarget & { writable: boolean; observe: FlashObserver; signal: AbortSignal };

/** The writer process: reads images, writes drives. Both end early with CANCELLED on abort. */
export type Writer = {
  inspect(
    path: string,
    progress: (progress: TransferProgress) => void,
    signal: AbortSignal,
  ): Promise<Inspection>;
  flash(
    request: FlashRequest,
    /** Whether this process may open the drive itself; else the writer is started elevated. */
    writable: boolean,
    observe: FlashObserver,
    signal: AbortSignal,
  ): Promise<FlashResult>;
  /**
   * Several drives at once, by one process that reads the image once: a promise for each, in their order. Each one
   * settles by itself, whatever becomes of the others.
   */
  flashMany(source: FlashSource, orders: FlashOrder[]): Promise<FlashResult>[];
  /** Rejects with what is wrong with the drive. */
  test: OnDrive<Omit<TestJob, "journalFolder">, DriveReport>;
  save: OnDrive<SaveJob, SavedDrive>;
  restore: OnDrive<RestoreJob, RestoredDrive>;
  /** Whose medium a drive is, read from the drive itself; null where it carries no identity. */
  identity(drive: DriveIdentity, readable: boolean, signal: AbortSignal): Promise<CarriedIdentity | null>;
};

export type JobObserver = { progress(stage: WriterStage, progress: TransferProgress): void; log: Log };

/** A job on one drive; `writable` as for `flash`. */
type OnDrive<Job, Result> = (
  job: Job,
  writable: boolean,
  observe: JobObserver,
  signal: AbortSignal,
) => Promise<Result>;

export type HostKey = { privateKey: string; publicKey: string };
export type HostKeys = { generate(comment: string): HostKey };

export type Credentials = {
  /** The one host key that is accepted, an OpenSSH public key line. */
  hostKey: string;
  /** Private half of the only key that is offered, OpenSSH format. */
  privateKey: string;
  user: string;
};

export type RemoteCommand = {
  /** Each part is one argument, whatever is in it. */
  argv: readonly string[];
  /** Written to its stdin, which is closed then. */
  input?: string | Buffer | AsyncIterable<Buffer>;
  timeoutMs: number;
  /** Bytes of each output that are kept; more of them is TARGET_UNTRUSTWORTHY. */
  limitBytes?: number;
  /** Each line of both outputs as it comes, cut to a length and without control characters. */
  onLine?: (line: string) => void;
};

export type RemoteResult = {
  exitCode: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
};

export type RemoteSession = {
  /** TARGET_LOST, TARGET_TIMEOUT, TARGET_UNTRUSTWORTHY, CANCELLED; an exit code is an outcome, not an error. */
  run(command: RemoteCommand, signal: AbortSignal): Promise<RemoteResult>;
  /** Resolves when the connection is gone, with the reason where it was not closed here. */
  closed: Promise<Error | null>;
  close(): void;
};

/** SSH to a target, with both ends pinned: one host key is accepted, one key is offered. */
export type Remote = {
  /** TARGET_UNREACHABLE, HOST_KEY_WRONG, TARGET_REFUSED (our key was not taken), CANCELLED. */
  connect(address: TargetAddress, credentials: Credentials, signal: AbortSignal): Promise<RemoteSession>;
  /** The fingerprint of whatever host key answers there, without logging in; null where nothing does. */
  fingerprint(address: TargetAddress, signal: AbortSignal): Promise<string | null>;
};

export type Discovery = {
  /** Calls back with all targets announced on this network whenever they changed; returns the stop. */
  watch(listener: (found: Announced[]) => void): () => void;
};

/** What a run must keep and nobody else may read: never in the inventory, gone when the run is over. */
export type RunSecrets = { runKey: HostKey; hostKey: HostKey };
export type Vault = {
  save(runId: string, secrets: RunSecrets): Promise<void>;
  load(runId: string): Promise<RunSecrets | null>;
  remove(runId: string): Promise<void>;
};

/** A path of a closure; `sizeBytes` as nix counts it (nar). */
export type ClosurePath = { path: string; sizeBytes: number };

/** A part of what is pushed: the bytes that travel, and how much of the unpacked whole has gone once they have. */
export type Parcel = { bytes: Buffer; position: number };

/** Systems of a flake, built here and handed to a target. */
export type Systems = {
  /** `floppy.layout` of a flake (null: the bundled one). */
  layout(flake: string | null): Promise<Layout>;
  /** A copy of the flake as it is now, with what the target's own look at its hardware found. */
  stage(
    request: { flake: string; runId: string; hardware: HardwareFacts },
    signal: AbortSignal,
  ): Promise<{ folder: string; revision: string | null }>;
  /** Forgets a staged copy. */
  unstage(runId: string): Promise<void>;
  /** Builds a target of a staged copy. */
  build(
    request: BuildRequest,
    observe: { progress(progress: BuildProgress): void; log: Log },
    signal: AbortSignal,
  ): Promise<Pick<BuiltSystem, "storePath" | "drvPath">>;
  /** Everything that a built system consists of, references before what refers to them. */
  closure(storePath: string, signal: AbortSignal): Promise<ClosurePath[]>;
  /** The paths as one stream that `nix-store --import` takes; packed by zstd where that is wanted and can be done. */
  exportPaths(paths: string[], how: { packed: boolean }, signal: AbortSignal): AsyncIterable<Parcel>;
  /** As a tar stream: a run's staged copy of the flake, or files that are made here. */
  archive(what: { stagedFor: string } | { files: MediumFile[] }, signal: AbortSignal): AsyncIterable<Buffer>;
};

export type OpenRun = { run: Run; owner: "this" | "other" | "dead" };

/** Which devices were changed or removed (null) since a mark, and the mark to ask with the next time. */
export type DeviceChanges = { mark: number; changed: Map<string, Device | null> };

/** Devices, runs and their journal. Several processes may have it open at once. */
export type Inventory = {
  devices(): Promise<Device[]>;
  device(serial: string): Promise<Device | null>;
  /** By whatever process; without a mark nothing but the mark of now. */
  deviceChanges(since: number | null): Promise<DeviceChanges>;
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
  /** The one of them with that id. */
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

export type Files = {
  list(path: string | null): Promise<Folder>;
  /** What an inspection of the file would rest upon now, or null where there is none. FILE_UNREADABLE. */
  basis(path: string): Promise<ImageBasis | null>;
};

/** How long a run waits for a machine before it says so, in milliseconds. */
export type Patience = {
  /** For a machine that was said to be there. */
  reachMs: number;
  /** For one whose connection was lost in the middle of the work. */
  reconnectMs: number;
  /** For one that restarts into its new system: firmware takes its time. */
  restartMs: number;
};

export type Ports = {
  version: string;
  clock: Clock;
  machine(): Promise<Machine>;
  drives: Drives;
  practice: PracticeDrives;
  practiceImages: PracticeImages;
  nix: Nix;
  catalogs: Catalogs;
  downloads: Downloads;
  writer: Writer;
  hostKeys: HostKeys;
  inventory: Inventory;
  settings: SettingsStore;
  files: Files;
  remote: Remote;
  discovery: Discovery;
  vault: Vault;
  systems: Systems;
  patience: Patience;
  /** The flake that comes with Floppy. */
  bundledFlake: string;
};
