/** What the core needs of drives: which there are, and who writes them. */
import type { Drive, DriveIdentity } from "#contract/drives.ts";
import type { CarriedIdentity } from "#contract/identity.ts";
import type { Inspection } from "#contract/images.ts";
import type { DriveReport, RestoredDrive, SavedDrive } from "#contract/media.ts";
import type { TransferProgress } from "#contract/runs.ts";
import type {
  FlashResult,
  FlashTarget,
  RestoreJob,
  SaveJob,
  TestJob,
  WriteMode,
  WriterStage,
} from "#contract/writer.ts";
import type { Log } from "./clock.ts";
import type { Arrival } from "./images.ts";

/** The drives that may be offered: removable and practice, never one that holds the running system. */
export type Drives = {
  /** Looked at now: what writes asks this. */
  list(): Promise<Drive[]>;
  /** The same for whoever shows them: a look is shared as long as nothing changed. */
  shown(): Promise<Drive[]>;
  /** Calls back with the whole list whenever it changed; returns the function that stops it. */
  watch(listener: (drives: Drive[]) => void): () => void;
};

export type PracticeDrives = {
  create(sizeBytes: number): Promise<Drive>;
  remove(driveKey: string): Promise<void>;
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
