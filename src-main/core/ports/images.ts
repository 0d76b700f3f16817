/** What the core needs to get images and catalogs. */
import type { Folder } from "#contract/api.ts";
import type { Catalog, CatalogSource, Host, System } from "#contract/catalog.ts";
import type { BuildProgress, ImageBasis, Preflight, Provenance } from "#contract/images.ts";
import type { FoundManifest, ManifestImage, ManifestPlace } from "#contract/manifest.ts";
import type { TransferProgress } from "#contract/runs.ts";
import type { Settings } from "#contract/settings.ts";
import type { Log } from "./clock.ts";

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

export type Files = {
  /** The first entries of a folder by name, and how many more there are. FILE_UNREADABLE, CANCELLED. */
  list(path: string | null, signal: AbortSignal): Promise<Folder>;
  /** What an inspection of the file would rest upon now, or null where there is none. FILE_UNREADABLE. */
  basis(path: string): Promise<ImageBasis | null>;
};
