/** What a large inventory costs: start, snapshot, another process's commit, and a command that shows none of it. */
import { mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { execa } from "execa";
import { openInventory } from "#adapters/inventory/inventory.ts";
import { openFloppy } from "#adapters/open-floppy.ts";
import { aDevice, aRun, later } from "../support/inventory/records.ts";
import { startStation } from "../support/station-process.ts";
import type { Benchmark, Measured } from "./benchmark.ts";
import { measure, median } from "./measured-process.ts";

const SIZES = [100, 1_000, 10_000] as const;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
/** Below this, times of this kind are not told apart on a machine that does other things, too. */
const NOISE_MS = 25;

const command = resolve(import.meta.dirname, "../../out/main/cli.js");
const serialOf = (index: number) => `FLOPPY-RPI-${String(index).padStart(5, "0")}`;

/** A data folder with so many devices, each with a run that is done. */
async function dataFolder(devices: number): Promise<string> {
  const folder = mkdtempSync("/tmp/floppy-bench-inventory-");
  const file = join(folder, "inventory.sqlite");
  const inventory = await openInventory({ file });
  await inventory.registerDevice(aDevice({ serial: serialOf(1) }));
  await inventory.saveRun(aRun({ serial: serialOf(1), status: { state: "done", endedAt: later } }));
  await inventory.close();
  const database = new DatabaseSync(file);
  const copy = (table: string, key: string, values: string) => {
    const columns = database.prepare(`select name from pragma_table_info('${table}')`).all();
    const others = columns.map(({ name }) => String(name)).filter((name) => !key.split(", ").includes(name));
    database.exec(`insert into ${table} (${key}, ${others.join(", ")})
      with recursive numbers (number) as (select 2 union all select number + 1 from numbers where number < ${devices})
      select ${values}, ${others.map((name) => `one.${name}`).join(", ")} from numbers, ${table} as one`);
  };
  const serial = "printf('FLOPPY-RPI-%05d', number)";
  database.exec("begin");
  copy("devices", "serial", serial);
  copy("runs", "id, serial", `'run-' || number || '-copy', ${serial}`);
  copy("phases", "run_id, name", "'run-' || number || '-copy', one.name");
  database.exec("commit");
  database.close();
  return folder;
}

/** Milliseconds by the number of devices: of each the median. */
async function grown(look: (folder: string) => Promise<number>): Promise<number[]> {
  const found: number[] = [];
  for (const size of SIZES) {
    const folder = await dataFolder(size);
    try {
      const rounds: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) rounds.push(await look(folder));
      found.push(rounds.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return found;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await act();
  return performance.now() - started;
}

/** What growing ten times once cost, it may cost ten times more for the next ten. */
function noWorseThanLinear([small = 0, middle = 0, large = 0]: number[]): Measured {
  const growth = Math.max(middle - small, NOISE_MS / 10);
  return { value: large, unit: "ms", target: small + NOISE_MS + 11 * growth, peers: sizes(small, middle) };
}

const flat = ([small = 0, middle = 0, large = 0]: number[]): Measured => ({
  value: large,
  unit: "ms",
  target: small + NOISE_MS,
  peers: sizes(small, middle),
});

const sizes = (small: number, middle: number) => ({ "100 devices": small, "1,000 devices": middle });

const start = () =>
  grown((folder) =>
    timed(async () => {
      const station = await startStation(folder, process.env);
      await station.stop();
    }),
  );

async function snapshot(folder: string): Promise<number> {
  const floppy = await openFloppy({ dataFolder: folder, elevation: "sudo" });
  try {
    // The catalog is read once, and is not what is measured.
    await floppy.handlers["app.state"]({});
    return await timed(async () => JSON.stringify(await floppy.handlers["app.state"]({})));
  } finally {
    await floppy.close();
  }
}

/** Processor time of the process that hears of it. */
async function foreignCommit(folder: string): Promise<number> {
  const floppy = await openFloppy({ dataFolder: folder, elevation: "sudo" });
  try {
    const { promise: heard, resolve: hear } = Promise.withResolvers<void>();
    floppy.subscribe(({ event }) => event === "deviceRemoved" && hear());
    const before = process.cpuUsage();
    await execa(process.execPath, [command, "devices", "remove", serialOf(2), "--yes"], {
      env: { FLOPPY_DATA: folder },
    });
    await heard;
    const { user, system } = process.cpuUsage(before);
    const back = await openInventory({ file: join(folder, "inventory.sqlite") });
    await back.registerDevice(aDevice({ serial: serialOf(2) }));
    await back.close();
    return (user + system) / 1000;
  } finally {
    await floppy.close();
  }
}

async function drives(folder: string): Promise<number> {
  const argv = ["env", `FLOPPY_DATA=${folder}`, process.execPath, command, "drives", "--json"];
  return (await median(1, () => measure(argv))).seconds * 1000;
}

const rows = [
  ["start", "the station's start and end", async () => noWorseThanLinear(await start())],
  ["snapshot", "all that a page shows", async () => noWorseThanLinear(await grown(snapshot))],
  ["commit", "another process's commit, processor time", async () => flat(await grown(foreignCommit))],
  ["drives", "floppy drives", async () => flat(await grown(drives))],
] as const;

export const inventoryBenchmarks: Benchmark[] = rows.map(([name, title, measureRow]) => ({
  name: `inventory-${name}`,
  title: `${title}, with 10,000 devices`,
  measure: measureRow,
}));
