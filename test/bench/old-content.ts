import type { Benchmark, Measured } from "./benchmark.ts";
import { inTurns, ROUNDS } from "./measured-process.ts";
import { Workshop } from "./workshop.ts";
import { limitOf, START, usualCard } from "./write.ts";
import { flash } from "./writer.ts";

const IMAGE = 300;
const CHANGED = IMAGE / 10;

const { write, read } = usualCard;
const onceRead = IMAGE / read;

/** The card holds the image, but for a tenth of its blocks. */
async function changed(): Promise<Measured> {
  using workshop = new Workshop();
  const image = workshop.randomImage(IMAGE);
  const images = [image, workshop.changedImage(image)] as const;
  const drive = workshop.drive(IMAGE + 20, usualCard);
  await flash(image, drive);
  let turn = 0;
  const { floppy, full } = await inTurns(ROUNDS, {
    // From one to the other and back: a tenth is always another one.
    floppy: () => flash(images[++turn % 2] ?? image, drive),
    full: () => flash(images[turn % 2] ?? image, drive, { mode: "full" }),
  });
  const limit = onceRead + CHANGED / write + CHANGED / read;
  return {
    value: floppy.seconds,
    unit: "s",
    target: Math.min(limit * 1.05 + START, full.seconds / 3),
    peers: { "read all, write and read back a tenth": limit, "written in full": full.seconds },
  };
}

async function same(): Promise<Measured> {
  using workshop = new Workshop();
  const image = workshop.randomImage(IMAGE);
  const drive = workshop.drive(IMAGE + 20, usualCard);
  await flash(image, drive);
  const { floppy } = await inTurns(ROUNDS, { floppy: () => flash(image, drive) });
  return {
    value: floppy.seconds,
    unit: "s",
    target: onceRead * 1.02 + START,
    peers: { "read once": onceRead, "written in full": limitOf(IMAGE, usualCard) },
  };
}

/** A drive that is blank, or full of something else: looking must not cost anything. */
async function blank(): Promise<Measured> {
  using workshop = new Workshop();
  const image = workshop.randomImage(IMAGE);
  const drives = Array.from({ length: ROUNDS }, () => workshop.drive(IMAGE + 20, usualCard));
  const full = workshop.drive(IMAGE + 20, usualCard);
  const { floppy, written } = await inTurns(ROUNDS, {
    floppy: () => flash(image, drives.pop() ?? full),
    written: () => flash(image, full, { mode: "full" }),
  });
  return {
    value: floppy.seconds,
    unit: "s",
    target: written.seconds * 1.02,
    peers: { "written in full": written.seconds, "limit of the medium": limitOf(IMAGE, usualCard) },
  };
}

export const oldContentBenchmarks: Benchmark[] = [
  {
    name: "reflash-changed",
    title: "300 MiB, a tenth of it new, to a card of 25/90 MiB/s",
    measure: changed,
  },
  { name: "reflash-same", title: "300 MiB to a card of 25/90 MiB/s that holds them", measure: same },
  {
    name: "blank",
    title: "300 MiB to a blank card of 25/90 MiB/s, comparing left to itself",
    measure: blank,
  },
];
