/** Hand-written stand-ins for the core's ports, for tests that need a world which does as it is told. */

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { Catalog } from "#contract/catalog.ts";
import type { Device } from "#contract/devices.ts";
import type { Drive } from "#contract/drives.ts";
import { cancelled, FloppyError } from "#contract/errors.ts";
import type { ImageBasis, Inspection } from "#contract/images.ts";
import { layout } from "#contract/layout.ts";
import { type InstallRun, type LogLine, type Run, runKinds, type TransferProgress } from "#contract/runs.ts";
import { defaultSettings, type Settings } from "#contract/settings.ts";
import { nothingInstalled } from "#contract/targets.ts";
import { patience } from "#core/install/patience.ts";
import type { Writer } from "#core/ports/drives.ts";
import type { Inventory } from "#core/ports/inventory.ts";
import type { Ports } from "#core/ports/ports.ts";
import type { RunSecrets, Systems, Vault } from "#core/ports/targets.ts";
import { claimOf, refuseClaimed } from "#core/runs/admission.ts";

export const catalog: Catalog = {
  hosts: [
    {
      name: "dell",
      label: "Dell laptop",
      system: "x86_64-linux",
      prefix: "DEL",
      medium: "stick",
      battery: true,
    },
    {
      name: "raspberry",
      label: "Raspberry Pi",
      system: "aarch64-linux",
      prefix: "RPI",
      medium: "card",
      battery: false,
    },
  ],
  roles: [
    {
      name: "robot",
      purpose: "Robot controller",
      desktop: "headless",
      services: ["SSH"],
      hardware: "Pi 4",
      refuses: { dell: "Needs a servo bus." },
    },
    {
      name: "dev",
      purpose: "Developer workstation",
      desktop: "XFCE",
      services: ["SSH"],
      hardware: "Laptops",
      refuses: {},
    },
  ],
};

export function fakeDrive(change: Partial<Drive> = {}): Drive {
  return {
    key: "usb-card-1",
    name: "SanDisk Ultra",
    identity: {
      path: "/dev/sdz",
      byId: "usb-SanDisk_Ultra_4C530001",
      serial: "4C530001",
      wwn: null,
      model: "Ultra",
      sizeBytes: 32e9,
      diskSequence: 7,
    },
    kind: "removable",
    transport: "usb",
    port: null,
    readOnly: false,
    writable: true,
    volumes: [],
    ...change,
  };
}

/** A run that was just started: all its phases wait. */
export const freshRun: Run = {
  kind: "medium",
  id: "run-1",
  serial: "FLOPPY-RPI-00001",
  host: "raspberry",
  role: "robot",
  target: "raspberry-robot",
  medium: "card",
  imageChoice: { kind: "build" },
  drive: fakeDrive(),
  image: null,
  phases: runKinds.medium.map((name) => ({ name, status: { state: "waiting" } })),
  batch: null,
  status: { state: "running", phase: "image" },
  startedAt: "2026-01-01T00:00:00.000Z",
};

export const fakeBasis: ImageBasis = { files: "b".repeat(64), decoders: "floppy 1, xz none" };

export function fakeInspection(change: Partial<Inspection> = {}): Inspection {
  return {
    path: "/images/card.img",
    format: "raw",
    fileBytes: 64 * 1024 ** 2,
    modifiedMs: 1,
    basis: fakeBasis,
    sizeBytes: 64 * 1024 ** 2,
    sha256: "a".repeat(64),
    firmware: { offset: 8 * 1024 ** 2, sizeBytes: 30 * 1024 ** 2 },
    ...change,
  };
}

/** The same for a laptop, whose medium is a stick. */
export const freshStickRun: InstallRun = {
  ...freshRun,
  kind: "install",
  id: "run-2",
  serial: "FLOPPY-DEL-00001",
  host: "dell",
  role: "dev",
  target: "dell-dev",
  medium: "stick",
  phases: runKinds.install.map((name) => ({ name, status: { state: "waiting" } })),
  installation: nothingInstalled,
};

/** An inventory in memory that also remembers every state of every run, in order. */
export function fakeInventory(): Inventory & {
  journal: Run[];
  owners: Map<string, "this" | "other" | "dead">;
} {
  const devices = new Map<string, Device>();
  const runs = new Map<string, Run>();
  const logs = new Map<string, LogLine[]>();
  const inspections = new Map<string, Inspection>();
  const journal: Run[] = [];
  const owners = new Map<string, "this" | "other" | "dead">();
  const ended = (run: Run) => ["done", "dismissed"].includes(run.status.state);
  const openRun = (run: Run) => ({ run, owner: owners.get(run.id) ?? "this" });
  /** The serial that each change was of, and the id of each run that was saved or removed. */
  const changes: string[] = [];
  const runChanges: string[] = [];
  return {
    journal,
    owners,
    devices: async () => [...devices.values()],
    device: async (serial) => devices.get(serial) ?? null,
    deviceChanges: async (since) => ({
      mark: changes.length,
      changed: new Map(
        changes.slice(since ?? changes.length).map((serial) => [serial, devices.get(serial) ?? null]),
      ),
    }),
    async registerDevice(device) {
      if (!devices.has(device.serial)) changes.push(device.serial);
      if (!devices.has(device.serial)) devices.set(device.serial, device);
      return devices.get(device.serial) ?? device;
    },
    async updateDevice(serial, change) {
      const device = devices.get(serial);
      if (!device) throw new Error(`no device ${serial}`);
      devices.set(serial, { ...device, ...change });
      changes.push(serial);
      return { ...device, ...change };
    },
    async removeDevice(serial) {
      const ids = [...runs.values()].filter((run) => run.serial === serial).map(({ id }) => id);
      for (const id of ids) runs.delete(id);
      runChanges.push(...ids);
      devices.delete(serial);
      changes.push(serial);
      return ids;
    },
    async saveRun(run) {
      const starts = run.status.state === "running" && runs.get(run.id)?.status.state !== "running";
      const foreign = [...runs.values()].filter(
        (one) => starts && owners.get(one.id) === "other" && one.status.state === "running",
      );
      refuseClaimed(run, foreign.map(claimOf));
      journal.push(run);
      runs.set(run.id, run);
      runChanges.push(run.id);
    },
    run: async (id) => runs.get(id) ?? null,
    runsOf: async (serial) => [...runs.values()].filter((run) => run.serial === serial),
    openRuns: async () => [...runs.values()].filter((run) => !ended(run)).map(openRun),
    openRunsOf: async (serials) =>
      [...runs.values()].filter((run) => !ended(run) && serials.includes(run.serial)).map(openRun),
    runningRuns: async () =>
      [...runs.values()].filter(({ status }) => status.state === "running").map(openRun),
    async runChanges(since) {
      const ids = runChanges.slice(since ?? runChanges.length);
      const stored = (id: string) => runs.get(id);
      return {
        mark: runChanges.length,
        changed: new Map(
          ids.map((id) => {
            const run = stored(id);
            return [id, run ? openRun(run) : null];
          }),
        ),
      };
    },
    async openRun(id) {
      const run = runs.get(id);
      return run && !ended(run) ? openRun(run) : null;
    },
    async appendLog(runId, lines) {
      logs.set(runId, [...(logs.get(runId) ?? []), ...lines]);
    },
    log: async (runId) => logs.get(runId) ?? [],
    async inspection(path, basis) {
      const found = inspections.get(path);
      return isDeepStrictEqual(found?.basis, basis) ? (found ?? null) : null;
    },
    async forgetInspection(path) {
      inspections.delete(path);
    },
    async saveInspection(inspection) {
      inspections.set(inspection.path, inspection);
    },
    watch: () => () => undefined,
    close: async () => undefined,
  };
}

export const builtSystemPath = `/nix/store/${"a".repeat(32)}-nixos-system-floppy`;

/** A writer that reports both stages and succeeds. */
export const obedientWriter: Writer = {
  inspect: async (path) => fakeInspection({ path }),
  async flash(request, _writable, observe) {
    const { sizeBytes } = request.image;
    observe.progress("write", halfOf(sizeBytes));
    observe.progress("verify", halfOf(sizeBytes));
    return { sizeBytes, savedBytes: 0, checksum: "00", writeSeconds: 2, verifySeconds: 1 };
  },
  flashMany: ({ image }, orders) =>
    orders.map(({ writable, observe, signal, ...target }) =>
      obedientWriter.flash({ image, ...target }, writable, observe, signal),
    ),
  async test({ mode, drive: { sizeBytes } }, _writable, observe) {
    if (mode === "full") observe.progress("write", halfOf(sizeBytes));
    const pace = { slowest: 20e6, median: 25e6 };
    const full = { checkedBytes: sizeBytes, pace: { write: pace, read: pace } };
    return { mode, sizeBytes, seconds: 2, ...(mode === "full" ? full : { checkedBytes: 4096, pace: null }) };
  },
  async save({ path, part, drive: { sizeBytes } }, _writable, observe) {
    observe.progress("save", halfOf(sizeBytes));
    return { path, part, sizeBytes, fileBytes: sizeBytes, sha256: "b".repeat(64), seconds: 2 };
  },
  restore: async ({ label, drive: { sizeBytes } }) => ({ filesystem: "exFAT", label, sizeBytes }),
  identity: async () => null,
};

function halfOf(sizeBytes: number): TransferProgress {
  return { position: sizeBytes / 2, sizeBytes, speed: 25e6, averageSpeed: 25e6, etaSeconds: 1 };
}

/** A writer that writes until it is told to stop; `begun` resolves when it has started. */
export function endlessWriter(): Writer & { begun: Promise<void> } {
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const untilAborted = (_job: unknown, _writable: boolean, _observe: unknown, signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(cancelled("Writing")));
      resolve();
    });
  const { inspect } = obedientWriter;
  return {
    begun,
    inspect,
    flash: untilAborted,
    flashMany: (_source, orders) =>
      orders.map(({ writable, observe, signal, ...target }) =>
        untilAborted(target, writable, observe, signal),
      ),
    test: untilAborted,
    save: untilAborted,
    restore: untilAborted,
    identity: async () => null,
  };
}

export function fakeVault(): Vault & { kept: Map<string, RunSecrets> } {
  const kept = new Map<string, RunSecrets>();
  return {
    kept,
    save: async (runId, secrets) => void kept.set(runId, secrets),
    load: async (runId) => kept.get(runId) ?? null,
    remove: async (runId) => void kept.delete(runId),
  };
}

const flakeLayout = new URL("../../nixos/layout.json", import.meta.url);

/** Systems that are built at once and consist of one path. */
export const fakeSystems: Systems = {
  layout: async () => layout.parse(JSON.parse(readFileSync(flakeLayout, "utf8"))),
  stage: async ({ runId }) => ({ folder: `/systems/${runId}/flake`, revision: null }),
  unstage: async () => undefined,
  build: async () => ({ storePath: builtSystemPath, drvPath: `${builtSystemPath}.drv` }),
  closure: async (path) => [{ path, sizeBytes: 1000 }],
  async *exportPaths() {
    yield { bytes: Buffer.from("closure"), position: 1000 };
  },
  async *archive() {
    yield Buffer.from("archive");
  },
};

export type FakePorts = Ports & {
  inventory: ReturnType<typeof fakeInventory>;
  plugged: Drive[];
  stored: Settings;
};

export function fakePorts(change: Partial<Ports> = {}): FakePorts {
  let count = 0;
  const plugged = [fakeDrive()];
  const ports: FakePorts = {
    version: "0.0.0",
    clock: {
      now: () => new Date(Date.UTC(2026, 0, 1, 0, 0, count++)),
      newId: () => `run-${count++}`,
      sleep: async (_milliseconds, signal) => {
        await new Promise(setImmediate);
        if (signal.aborted) throw cancelled("The wait");
      },
    },
    machine: async () => ({ hostname: "bench", user: "tech", nix: { state: "present", version: "2.8.0" } }),
    plugged,
    drives: {
      list: async () => ports.plugged,
      shown: async () => ports.plugged,
      watch: () => () => undefined,
    },
    practice: { create: async () => fakeDrive({ kind: "practice" }), remove: async () => undefined },
    practiceImages: { image: async (medium) => `/practice/${medium}.img` },
    nix: {
      version: async () => "2.8.0",
      preflight: async () => ({ ready: true, checks: [] }),
      build: async ({ flake, attribute }) => ({
        path: "/nix/store/x-image/sd-image/card.img",
        provenance: {
          source: "nix",
          flake,
          revision: null,
          attribute,
          drvPath: "/nix/store/x.drv",
          storePath: "/nix/store/x-image",
          narHash: "sha256-x",
        },
      }),
    },
    catalogs: {
      load: async (flake) => ({ catalog, source: { kind: "flake", flake: flake ?? "bundled" } }),
      copy: async (reason) => ({ catalog, source: { kind: "bundled", reason } }),
    },
    downloads: {
      manifest: async () => {
        throw new FloppyError("MANIFEST_UNREADABLE", "There is none.", "");
      },
      goBack: async () => {
        throw new FloppyError("MANIFEST_UNREADABLE", "There is none.", "");
      },
      image: async ({ sha256 }) => `/downloads/${sha256}`,
      forget: async () => undefined,
      prune: async () => undefined,
    },
    writer: obedientWriter,
    hostKeys: {
      generate: (comment) => ({ privateKey: "PRIVATE", publicKey: `ssh-ed25519 PUBLIC ${comment}` }),
    },
    inventory: fakeInventory(),
    stored: { ...defaultSettings, authorizedKeys: ["ssh-ed25519 AAAA admin"] },
    settings: {
      load: async () => ({ settings: ports.stored, problem: null }),
      save: async (change) => {
        ports.stored = { ...ports.stored, ...change };
        return { settings: ports.stored, problem: null };
      },
    },
    files: {
      list: async () => ({ path: "/", parent: null, entries: [] }),
      basis: async () => fakeBasis,
    },
    remote: {
      connect: async () => {
        throw new FloppyError("TARGET_UNREACHABLE", "Nothing answers.", "");
      },
      fingerprint: async () => null,
    },
    discovery: { watch: () => () => undefined },
    vault: fakeVault(),
    systems: fakeSystems,
    patience,
    bundledFlake: "/floppy/nixos",
    ...change,
  } as FakePorts;
  return ports;
}
