import type { Benchmark, Measured } from "./benchmark.ts";
import { fastest, tellPeakMemory } from "./measured-process.ts";
import { ddAndCmp, etcherSdk, zstdAndDd } from "./peers.ts";
import { type Speed, Workshop } from "./workshop.ts";
import { flash } from "./writer.ts";

/** A good card in a good reader. */
const card: Speed = { write: 25, read: 90 };
const CARD_IMAGE = 100;
const LARGE_IMAGE = 1024;
const ROUNDS = 5;

/** Nobody writes and reads back faster than the medium does. */
const cardLimit = CARD_IMAGE / card.write + CARD_IMAGE / card.read;
const cardTarget = cardLimit * 1.02 + 0.5;

async function rawToCard(): Promise<Measured> {
  using workshop = new Workshop();
  const image = workshop.randomImage(CARD_IMAGE);
  const drive = workshop.drive(CARD_IMAGE + 20, card);
  return {
    value: (await flash(image, drive)).seconds,
    unit: "s",
    target: cardTarget,
    peers: {
      "limit of the medium": cardLimit,
      "dd + cmp": (await ddAndCmp(image, drive)).seconds,
      "etcher-sdk, plain": (await etcherSdk("plain", image, drive)).seconds,
      "etcher-sdk, as Etcher": (await etcherSdk("etcher", image, drive)).seconds,
    },
  };
}

async function zstdToCard(): Promise<Measured> {
  using workshop = new Workshop();
  const packed = workshop.packed(workshop.randomImage(CARD_IMAGE));
  const drive = workshop.drive(CARD_IMAGE + 20, card);
  return {
    value: (await flash(packed, drive)).seconds,
    unit: "s",
    target: cardTarget,
    peers: {
      "limit of the medium": cardLimit,
      "zstd | dd, read back": (await zstdAndDd(packed, drive, CARD_IMAGE)).seconds,
      // They write the packed bytes as they are, verify them, and call it a success.
      "etcher-sdk, plain": null,
      "etcher-sdk, as Etcher": null,
    },
  };
}

async function rawUnthrottled(): Promise<Measured> {
  using workshop = new Workshop("memory");
  const image = workshop.randomImage(LARGE_IMAGE);
  const drive = workshop.drive(LARGE_IMAGE + 20);
  const { floppy, dd, plain } = await fastest(ROUNDS, {
    dd: () => ddAndCmp(image, drive),
    plain: () => etcherSdk("plain", image, drive),
    floppy: () => flash(image, drive),
  });
  return {
    value: floppy,
    unit: "s",
    target: plain + 0.5,
    peers: {
      "dd + cmp": dd,
      "etcher-sdk, plain": plain,
      "etcher-sdk, as Etcher": (await etcherSdk("etcher", image, drive)).seconds,
    },
  };
}

async function memory(): Promise<Measured> {
  using workshop = new Workshop("memory");
  const image = workshop.randomImage(LARGE_IMAGE);
  const packed = workshop.packed(image);
  const drive = workshop.drive(LARGE_IMAGE + 20);
  const raw = (await flash(image, drive, tellPeakMemory)).peakMebibytes ?? Number.NaN;
  const zstd = (await flash(packed, drive, tellPeakMemory)).peakMebibytes ?? Number.NaN;
  return {
    value: Math.max(raw, zstd),
    unit: "MiB",
    target: 200,
    peers: { "etcher-sdk, plain": (await etcherSdk("plain", image, drive, tellPeakMemory)).peakMebibytes },
  };
}

export const writeBenchmarks: Benchmark[] = [
  { name: "write-raw", title: "write + verify 100 MiB raw on a card of 25/90 MiB/s", measure: rawToCard },
  {
    name: "write-zst",
    title: "write + verify 100 MiB from .zst on a card of 25/90 MiB/s",
    measure: zstdToCard,
  },
  { name: "write-unthrottled", title: "write + verify 1 GiB raw on a fast drive", measure: rawUnthrottled },
  { name: "writer-memory", title: "the writer’s peak memory, 1 GiB raw and .zst", measure: memory },
];
