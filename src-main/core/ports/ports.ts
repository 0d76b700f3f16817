/** What the core needs of the world. Adapters implement these; tests pass their own. */
import type { Machine } from "#contract/api.ts";
import type { Clock } from "./clock.ts";
import type { Drives, PracticeDrives, Writer } from "./drives.ts";
import type { Catalogs, Downloads, Files, Nix, PracticeImages } from "./images.ts";
import type { Inventory, SettingsStore } from "./inventory.ts";
import type { Discovery, HostKeys, Patience, Remote, Systems, Vault } from "./targets.ts";

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
