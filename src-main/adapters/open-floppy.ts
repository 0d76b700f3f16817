import { join } from "node:path";
import { type Core, createFloppy } from "#core/floppy.ts";
import { patience } from "#core/install/patience.ts";
import type { Ports } from "#core/ports/ports.ts";
import type { Patience } from "#core/ports/targets.ts";
import manifest from "../../package.json" with { type: "json" };
import { createCatalogs } from "./catalog/catalogs.ts";
import { createClock } from "./clock.ts";
import { dataFolder } from "./data-folder.ts";
import { createDiscovery } from "./discovery/discovery.ts";
import { createDownloads } from "./downloads/downloads.ts";
import { createDrives } from "./drives/drives.ts";
import { createPracticeDrives } from "./drives/practice.ts";
import { createFiles } from "./files.ts";
import { createHostKeys } from "./host-keys.ts";
import { openInventory } from "./inventory/inventory.ts";
import { keepToOwner } from "./keep-to-owner.ts";
import { createMachine } from "./machine.ts";
import { createNix } from "./nix/nix.ts";
import { locateResources } from "./resources.ts";
import { createSettingsStore } from "./settings-store.ts";
import { createRemote } from "./ssh/remote.ts";
import { createSystems } from "./systems/systems.ts";
import { createVault } from "./vault.ts";
import { createWriter } from "./writer/client.ts";
import { createPracticeImages } from "./writer/practice-images.ts";

export type OpenFloppy = Core;

export type OpenOptions = {
  /** Where inventory and settings lie; else the user's own data folder. */
  dataFolder?: string;
  /** How the writer gets the rights that this process lacks. */
  elevation: "pkexec" | "sudo";
  /** How long to wait for machines, where that is not what it usually is. */
  patience?: Partial<Patience>;
};

/** Floppy with the real world plugged in; every door opens it this way. */
export async function openFloppy(options: OpenOptions): Promise<OpenFloppy> {
  return createFloppy(await connectPorts(options));
}

/** The real world, as the core sees it. */
export async function connectPorts(options: OpenOptions): Promise<Ports> {
  const resources = locateResources(import.meta.dirname);
  const folder = options.dataFolder ?? dataFolder(process.env);
  await keepToOwner(folder);
  const practiceFolder = join(folder, "practice");
  const nix = createNix();
  return {
    version: manifest.version,
    clock: createClock(),
    machine: createMachine(nix),
    drives: createDrives({ practiceFolder }),
    practice: createPracticeDrives({ folder: practiceFolder }),
    practiceImages: createPracticeImages({ command: resources.writer, folder: practiceFolder }),
    nix,
    catalogs: createCatalogs({ bundledFlake: resources.flake, bundledCopy: resources.catalogCopy }),
    downloads: createDownloads({ folder: join(folder, "images"), seenFolder: join(folder, "manifests") }),
    writer: createWriter({
      command: resources.writer,
      elevation: options.elevation,
      journalFolder: join(folder, "borrowed"),
    }),
    hostKeys: createHostKeys(),
    inventory: await openInventory({ file: join(folder, "inventory.sqlite") }),
    settings: createSettingsStore({ file: join(folder, "settings.json") }),
    files: createFiles(),
    remote: createRemote(),
    discovery: createDiscovery(),
    vault: createVault({ folder: join(folder, "secrets") }),
    systems: createSystems({
      bundledFlake: resources.flake,
      bundledLayout: resources.layoutCopy,
      folder: join(folder, "systems"),
    }),
    patience: { ...patience, ...options.patience },
    bundledFlake: resources.flake,
  };
}
