import { existsSync } from "node:fs";
import type { Benchmark, Measured } from "./benchmark.ts";
import { inTurns, measure, ROUNDS, type Run, tellPeakMemory } from "./measured-process.ts";
import { bmaptool, ddAndCmp, etcherSdk, unpackAndDd } from "./peers.ts";
import { type BenchDrive, type Packing, type Speed, Workshop } from "./workshop.ts";
import { flash } from "./writer.ts";

/** A usual card in a good reader, and a good one. In MiB a second. */
export const usualCard: Speed = { write: 25, read: 90 };
export const goodCard: Speed = { write: 80, read: 90 };
const IMAGE = 300;
const LARGE_IMAGE = 2048;
/** What starting a process and looking at the drive may take. */
export const START = 0.5;

/** Nobody writes and reads back faster than the medium does. */
export function limitOf(mebibytes: number, { write, read }: Speed): number {
  return mebibytes / write + mebibytes / read;
}

const seconds = (runs: Record<string, Run>) =>
  Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, run.seconds]));

const hasBmaptool = () => ["/usr/bin/bmaptool", "/bin/bmaptool"].some((path) => existsSync(path));

type Contestants = Record<string, () => Promise<Run>>;

function withBmaptool(image: string, drive: BenchDrive): Contestants {
  return hasBmaptool() ? { bmaptool: () => bmaptool(image, drive) } : {};
}

function raw(speed: Speed) {
  return async (): Promise<Measured> => {
    using workshop = new Workshop();
    const image = workshop.randomImage(IMAGE);
    const drive = workshop.drive(IMAGE + 20, speed);
    const contestants: Contestants = {
      floppy: () => flash(image, drive, { mode: "full" }),
      "dd + cmp": () => ddAndCmp(image, drive),
      "etcher-sdk, plain": () => etcherSdk("plain", image, drive),
      "etcher-sdk, as Etcher": () => etcherSdk("etcher", image, drive),
      ...withBmaptool(image, drive),
    };
    const { floppy = Number.NaN, ...peers } = seconds(await inTurns(ROUNDS, contestants));
    const limit = limitOf(IMAGE, speed);
    return {
      value: floppy,
      unit: "s",
      target: limit * 1.01 + START,
      peers: { "limit of the medium": limit, ...peers },
    };
  };
}

const unpackers: Record<Packing, string[]> = {
  zst: ["zstd", "-dcq"],
  gz: ["gzip", "-dc"],
  "blocks.xz": ["xz", "-dc", "-T2"],
  xz: ["xz", "-dc"],
};

/**
 * What Etcher cannot be raced with. Of a .zst it writes the packed bytes as they are, verifies them, and calls it a
 * success; of an .xz in blocks it fails its own verification, every time: bytes are unpacked over some that still wait
 * to be written.
 */
const beyondEtcher: Packing[] = ["zst", "blocks.xz"];

function packed(how: Packing, allowed: number) {
  return async (): Promise<Measured> => {
    using workshop = new Workshop();
    const file = workshop.packed(workshop.programImage(IMAGE), how);
    const drive = workshop.drive(IMAGE + 20, goodCard);
    const contestants: Contestants = {
      floppy: () => flash(file, drive, { mode: "full" }),
      "its tool, and dd": () => unpackAndDd(unpackers[how], file, drive, IMAGE),
      ...(beyondEtcher.includes(how)
        ? {}
        : { "etcher-sdk, as Etcher": () => etcherSdk("etcher", file, drive) }),
      ...withBmaptool(file, drive),
    };
    const { floppy = Number.NaN, ...peers } = seconds(await inTurns(ROUNDS, contestants));
    const limit = limitOf(IMAGE, goodCard);
    return {
      value: floppy,
      unit: "s",
      target: limit * allowed + START,
      peers: { "limit of the medium": limit, "etcher-sdk, as Etcher": null, ...peers },
    };
  };
}

async function xzAlone(): Promise<Measured> {
  using workshop = new Workshop("memory");
  const file = workshop.packed(workshop.programImage(IMAGE), "xz");
  const drive = workshop.drive(IMAGE + 20);
  const { floppy, xz, piped, etcher } = await inTurns(ROUNDS, {
    floppy: () => flash(file, drive, { mode: "full" }),
    xz: () => measure(["sh", "-c", 'xz -dc "$1" > /dev/null', "sh", file]),
    piped: () => measure(["sh", "-c", 'xz -dc "$1" | cat > /dev/null', "sh", file]),
    etcher: () => etcherSdk("etcher", file, drive),
  });
  return {
    value: floppy.seconds,
    unit: "s",
    target: xz.seconds * 1.1,
    peers: {
      "xz -dc alone": xz.seconds,
      "xz -dc into a pipe": piped.seconds,
      "etcher-sdk, as Etcher": etcher.seconds,
    },
  };
}

let fastRuns: Promise<Record<"floppy" | "dd" | "plain", Run>> | null = null;

/** Time and processor time are of the same runs. */
function unthrottled() {
  fastRuns ??= runUnthrottled();
  return fastRuns;
}

async function runUnthrottled(): Promise<Record<"floppy" | "dd" | "plain", Run>> {
  using workshop = new Workshop("memory");
  const image = workshop.randomImage(LARGE_IMAGE);
  const drive = workshop.drive(LARGE_IMAGE + 20);
  return await inTurns(ROUNDS, {
    dd: () => ddAndCmp(image, drive),
    plain: () => etcherSdk("plain", image, drive, tellPeakMemory),
    floppy: () => flash(image, drive, { mode: "full", nodeOptions: tellPeakMemory }),
  });
}

async function time(): Promise<Measured> {
  const { floppy, dd, plain } = await unthrottled();
  return {
    value: floppy.seconds,
    unit: "s",
    target: Math.min(plain.seconds, dd.seconds * 0.8),
    peers: { "dd + cmp": dd.seconds, "etcher-sdk, plain": plain.seconds },
  };
}

async function processor(): Promise<Measured> {
  const { floppy, plain } = await unthrottled();
  const perGibibyte = ({ processorSeconds }: Run) => ((processorSeconds ?? Number.NaN) / LARGE_IMAGE) * 1024;
  return {
    value: perGibibyte(floppy),
    unit: "s",
    target: perGibibyte(plain),
    peers: { "etcher-sdk, plain": perGibibyte(plain) },
  };
}

export const writeBenchmarks: Benchmark[] = [
  { name: "raw-25", title: "300 MiB raw to a card of 25/90 MiB/s", measure: raw(usualCard) },
  { name: "raw-80", title: "300 MiB raw to a card of 80/90 MiB/s", measure: raw(goodCard) },
  { name: "zst-80", title: "300 MiB from .zst to a card of 80/90 MiB/s", measure: packed("zst", 1.02) },
  { name: "gz-80", title: "300 MiB from .gz to a card of 80/90 MiB/s", measure: packed("gz", 1.02) },
  {
    name: "xz-80",
    title: "300 MiB from .xz in blocks to a card of 80/90 MiB/s",
    measure: packed("blocks.xz", 1.05),
  },
  { name: "xz-alone", title: "300 MiB from .xz in one block to a fast drive", measure: xzAlone },
  { name: "raw-fast", title: "2 GiB raw to a fast drive", measure: time },
  { name: "processor", title: "processor time per GiB, raw to a fast drive", measure: processor },
];
