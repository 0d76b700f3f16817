/** What the core needs to install a machine. */
import type { HardwareFacts } from "#contract/hardware.ts";
import type { BuildProgress } from "#contract/images.ts";
import type { Layout } from "#contract/layout.ts";
import type { Announced, BuiltSystem, TargetAddress } from "#contract/targets.ts";
import type { MediumFile } from "#contract/writer.ts";
import type { Log } from "./clock.ts";
import type { BuildRequest } from "./images.ts";

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

/** How long a run waits for a machine before it says so, in milliseconds. */
export type Patience = {
  /** For a machine that was said to be there. */
  reachMs: number;
  /** For one whose connection was lost in the middle of the work. */
  reconnectMs: number;
  /** For one that restarts into its new system: firmware takes its time. */
  restartMs: number;
};
