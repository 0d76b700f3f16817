/** What is offered to be erased, of all that is plugged into the machine. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Drive } from "#contract/drives.ts";
import { chooseSeed } from "../../support/random.ts";
import { setUpBench } from "./bench.ts";
import { hubPlace, READER_SERIAL, slotPlace } from "./devices.ts";
import { HUB_PORT } from "./hardware.ts";
import { hashOf, type Medium, makeMedium } from "./media.ts";

const MIB = 1024 ** 2;
const OWN_SERIAL = "AA00000000001234";
const bench = setUpBench(chooseSeed());

/** Two sticks of one kind, two cards of one kind in one reader, and one of each that differs. */
const sizes = {
  named: 16 * MIB,
  plain: 24 * MIB,
  alike: 24 * MIB,
  first: 32 * MIB,
  second: 32 * MIB,
  slotted: 40 * MIB,
  card: 64 * MIB,
};
type Name = keyof typeof sizes;
const media = {} as Record<Name, Medium>;
const hashes = {} as Record<Name, string>;
const paths = {} as Record<Name, string>;
let drives: Drive[];

const inOrder = (drives: Drive[]) => drives.map(({ identity }) => identity.path).toSorted();
const offered = async () => inOrder(await bench.drives());
const of = (...names: Name[]) => names.map((name) => paths[name]).toSorted();
const everything: Name[] = ["named", "plain", "alike", "first", "second", "slotted", "card"];

beforeAll(async () => {
  for (const name of everything) {
    media[name] = await makeMedium(bench.folder, name, sizes[name], bench.random);
    hashes[name] = await hashOf(media[name].file);
  }
  const hands = bench.hands();
  await hands.plug(media.named, 1, OWN_SERIAL);
  await hands.plug(media.plain, 2, null);
  await hands.plug(media.alike, 3, null);
  await hands.plugFilledReader({
    id: "full-reader",
    driver: "usb-bot",
    port: `${HUB_PORT}.5`,
    cards: [media.first, media.second],
  });
  await hands.insert("slot0", media.slotted);
  await hands.insert("sd", media.card);
  paths.named = await bench.seen(hubPlace(1), media.named);
  paths.plain = await bench.seen(hubPlace(2), media.plain);
  paths.alike = await bench.seen(hubPlace(3), media.alike);
  paths.first = await bench.seen(hubPlace(5, 0), media.first);
  paths.second = await bench.seen(hubPlace(5, 1), media.second);
  paths.slotted = await bench.seen(slotPlace("slot0"), media.slotted);
  paths.card = await bench.seen("sd", media.card);
  drives = await bench.drives();
});

describe("on a machine with sticks, a reader and an SD slot", () => {
  it("exactly what is plugged is offered: no empty slot, and not the system's own disk", () => {
    expect(inOrder(drives)).toEqual(of(...everything));
    const facts = drives.map(({ identity, transport }) => [identity.path, identity.sizeBytes, transport]);
    for (const name of everything)
      expect(facts).toContainEqual([paths[name], sizes[name], name === "card" ? "mmc" : "usb"]);
  });

  it("a serial is what the medium says of itself, and no other drive in sight has it", () => {
    const serials = new Map(drives.map(({ identity }) => [identity.path, identity.serial]));
    expect(serials.get(paths.named)).toBe(OWN_SERIAL);
    expect(serials.get(paths.card)).toMatch(/deadbeef/i);
    // A reader's serial is none of the card that lies in it.
    expect(serials.get(paths.first)).not.toBe(READER_SERIAL);
    const given = [...serials.values()].filter((serial) => serial !== null);
    expect(given.toSorted()).toEqual([...new Set(given)].toSorted());
  });

  it("the word that agrees to erase a drive is the word of no other one", async () => {
    // Those that are alike are the ones to mix up.
    const names: Name[] = ["plain", "alike", "first", "second"];
    const asked = await Promise.all(
      names.map((name) => bench.guest().atTerminal(`floppy drives restore ${paths[name]}`, "\n")),
    );
    const words = asked.map(({ stdout }) => /Type .* to go on/.exec(stdout)?.[0]);
    expect(words).not.toContain(undefined);
    expect(new Set(words).size, words.join("\n")).toBe(names.length);
  });

  it("what is pulled or taken out is gone, and what is plugged or put in is there", async () => {
    const hands = bench.hands();
    await hands.pull(media.plain);
    await hands.takeOut("slot0", media.slotted);
    await hands.takeOut("sd", media.card);
    const gone = of("plain", "slotted", "card").join(" ");
    const isThere = `for drive in ${gone}; do blockdev --getsize64 $drive; done 2>/dev/null | grep -q [1-9]`;
    await bench.guest().run(`while ${isThere}; do sleep 0.1; done; udevadm settle`);
    expect(await offered()).toEqual(of("named", "alike", "first", "second"));

    await hands.plug(media.plain, 4, null);
    await hands.insert("slot1", media.slotted);
    await hands.insert("sd", media.card);
    paths.plain = await bench.seen(hubPlace(4), media.plain);
    paths.slotted = await bench.seen(slotPlace("slot1"), media.slotted);
    paths.card = await bench.seen("sd", media.card);
    expect(await offered()).toEqual(of(...everything));
  });

  it("looking has changed nothing on any of them", async () => {
    for (const name of everything) expect(await hashOf(media[name].file)).toBe(hashes[name]);
  });
});
