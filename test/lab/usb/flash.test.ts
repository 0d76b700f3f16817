/** What is written to true USB and SD hardware, read here from the medium itself. */
import { expect, it } from "vitest";
import { chooseSeed } from "../../support/random.ts";
import { setUpBench } from "./bench.ts";
import { IMAGE_BYTES, makeCardImage } from "./card-image.ts";
import { hubPlace, type Place, slotPlace } from "./devices.ts";
import { makeMedium, readFrom } from "./media.ts";

const MIB = 1024 ** 2;
const IMAGE = "/root/card.img";
const bench = setUpBench(chooseSeed());

it("a card in a reader, a stick and an SD card are verified, and hold the image byte for byte", async () => {
  const hands = bench.hands();
  const file = await makeCardImage(bench.folder, bench.random);
  await bench.put(file, IMAGE);
  const [reader, stick, sd] = [
    await makeMedium(bench.folder, "reader", 16 * MIB, bench.random),
    await makeMedium(bench.folder, "stick", 16 * MIB, bench.random),
    await makeMedium(bench.folder, "sd-card", 16 * MIB, bench.random),
  ];
  await hands.insert("slot1", reader);
  await hands.plug(stick, 2, null);
  await hands.insert("sd", sd);
  const places: [Place, typeof reader][] = [
    [slotPlace("slot1"), reader],
    [hubPlace(2), stick],
    ["sd", sd],
  ];
  const flashed = places.map(async ([place, medium]) => {
    const path = await bench.seen(place, medium);
    const { code, objects, error } = await bench.floppy(
      "provision",
      "flash",
      "--image",
      IMAGE,
      "--drive",
      path,
      "--yes",
    );
    expect({ code, error, event: objects.at(-1)?.event }).toEqual({ code: 0, error: null, event: "result" });
  });
  await Promise.all(flashed);
  const image = await readFrom(file, 0, IMAGE_BYTES);
  for (const [, { file: card }] of places)
    expect((await readFrom(card, 0, IMAGE_BYTES)).equals(image), card).toBe(true);
});
