import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { IDENTITY_PATH } from "#contract/identity.ts";
import type { Image } from "#contract/images.ts";
import { compareCard, readCard, readCardFile } from "../support/card.ts";
import { launchChromium } from "../support/chromium.ts";
import { loopsBelow } from "../support/loops.ts";
import { processesOf } from "../support/nix.ts";
import { type Bench, createBench, type StationProcess } from "../support/station-process.ts";
import { type Throttle, throttle } from "../support/throttle.ts";
import { choose } from "../support/wizard.ts";

const MIB = 1024 ** 2;
const serials = ["FLOPPY-RPI-00001", "FLOPPY-RPI-00002", "FLOPPY-RPI-00003"];

let bench: Bench;
let station: StationProcess;
let browser: Browser;
let page: Page;
let slowness: Throttle | null = null;

beforeAll(async () => {
  bench = await createBench();
  station = await bench.start();
  browser = await launchChromium();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(station.url);
});

afterAll(async () => {
  await browser?.close();
  await station?.stop();
  await slowness?.lift();
  await bench?.remove();
});

type Stored = { serial: string; state: string; image: Image | null; path: string };

function storedRuns(): Stored[] {
  const database = new DatabaseSync(join(bench.folder, "inventory.sqlite"), { readOnly: true });
  const rows = database.prepare("select serial, state, image, drive from runs order by serial").all();
  database.close();
  return rows.map(({ serial, state, image, drive }) => ({
    serial: String(serial),
    state: String(state),
    image: image === null ? null : JSON.parse(String(image)),
    path: JSON.parse(String(drive)).identity.path,
  }));
}

const row = (serial: string) =>
  page.getByRole("list", { name: "Cards" }).getByRole("listitem").filter({ hasText: serial });

it("a batch whose station died while it wrote: every card is offered again, and ends with its own identity", async () => {
  await page.getByLabel("Device serial").fill(serials[0] ?? "");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "What is this device for?" }).waitFor();
  await choose(page, "robot");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^Use raspberry-/ }).click();
  await choose(page, "Several at once");
  for (const number of [1, 2, 3]) {
    await page.getByRole("button", { name: "Make a practice drive" }).click();
    await page.getByRole("checkbox", { name: new RegExp(`Practice drive ${number}`) }).waitFor();
  }
  await page.getByRole("button", { name: "Choose all 3" }).click();
  await page.getByRole("button", { name: "Use 3 cards" }).click();
  const loops = await loopsBelow(bench.folder);
  // So slow that none of them ends before it is looked at.
  slowness = await throttle(
    loops.map(({ device }) => device),
    { write: 2, read: 90 },
  );
  await slowness.add(station.pid);
  await page.getByRole("heading", { name: "Erase these 3 cards?" }).waitFor();
  await page.getByRole("button", { name: "Erase and flash 3 cards" }).hover();
  await page.mouse.down();
  await page.getByRole("button", { name: "Cancel all" }).waitFor();
  await page.mouse.up();
  await Promise.all(
    serials.map((serial) =>
      row(serial)
        .getByText(/MiB\/s/)
        .waitFor(),
    ),
  );

  await station.kill();
  await expect.poll(() => processesOf(bench.nix.folder), { timeout: 5_000 }).toEqual([]);
  for (const { path } of storedRuns()) {
    const head = await readCard(path, MIB);
    expect(head.every((byte) => byte === 0)).toBe(true);
  }

  await slowness.lift();
  slowness = null;
  station = await bench.start();
  await page.goto(station.url);
  await page.getByText("3 of a batch of 3 cards are not finished.").waitFor();
  expect(storedRuns().map(({ serial, state }) => [serial, state])).toEqual(
    serials.map((serial) => [serial, "interrupted"]),
  );
  await page.getByRole("button", { name: "Show the batch" }).click();
  for (const [index, serial] of serials.entries()) {
    await page.getByRole("button", { name: `Retry ${serial}` }).click();
    await choose(page, new RegExp(`Practice drive ${index + 1}`));
    await page.getByRole("button", { name: /^Use / }).click();
    await page.getByRole("button", { name: "Erase and flash" }).hover();
    await page.mouse.down();
    await row(serial)
      .getByText(/Verified|Writing|Reading|Write/)
      .first()
      .waitFor();
    await page.mouse.up();
  }
  await page.getByRole("heading", { name: "3 cards are ready" }).waitFor();
  for (const { serial, state, image, path } of storedRuns()) {
    expect([serial, state]).toEqual([serial, "done"]);
    if (!image) throw new Error(`${serial} has no image.`);
    expect(await compareCard(path, image)).toBe("equal");
    expect(JSON.parse(await readCardFile(path, image, IDENTITY_PATH))).toMatchObject({ serial });
  }
});
