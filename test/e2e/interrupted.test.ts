import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Image } from "#contract/images.ts";
import { compareCard, readCard } from "../support/card.ts";
import { launchChromium } from "../support/chromium.ts";
import { processesOf } from "../support/nix.ts";
import { type Bench, createBench, type StationProcess } from "../support/station-process.ts";
import { type Throttle, throttle } from "../support/throttle.ts";
import { choose, holdEraseAndFlash, provisionUpToConfirm } from "../support/wizard.ts";

const MIB = 1024 ** 2;
const serial = "FLOPPY-RPI-00007";

let bench: Bench;
let station: StationProcess;
let browser: Browser;
let page: Page;
let slowness: Throttle | undefined;

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

function storedRun(): { state: string; image: Image } {
  const database = new DatabaseSync(join(bench.folder, "inventory.sqlite"), { readOnly: true });
  const row = database.prepare("select state, image from runs where serial = ?").get(serial);
  database.close();
  return { state: String(row?.state), image: JSON.parse(String(row?.image)) };
}

it("a run whose station died while it wrote is offered at the next start, and resumed to a verified card", async () => {
  const drive = await provisionUpToConfirm(page, { serial, role: "robot" });
  // So slow that it is still written whenever a busy machine comes to kill it.
  slowness = await throttle([drive], { write: 1, read: 90 });
  await slowness.add(station.pid);
  await holdEraseAndFlash(page);
  await page.getByRole("heading", { name: "Writing the card" }).waitFor();
  await page
    .getByText(/MiB\/s/)
    .first()
    .waitFor();

  await station.kill();
  await expect.poll(() => processesOf(bench.nix.folder), { timeout: 5_000 }).toEqual([]);
  const head = await readCard(drive, MIB);
  expect(head.every((byte) => byte === 0)).toBe(true);
  await slowness.lift();
  slowness = undefined;

  station = await bench.start();
  await page.goto(station.url);
  await page
    .getByText(/interrupted/)
    .first()
    .waitFor();
  expect(storedRun().state).toBe("interrupted");
  await page.getByRole("button", { name: "Resume" }).click();
  await choose(page, /practice/i);
  await page.getByRole("button", { name: /^Use / }).click();
  await holdEraseAndFlash(page);
  await page.getByRole("heading", { name: `${serial} is ready` }).waitFor();
  const { state, image } = storedRun();
  expect(state).toBe("done");
  await expect(compareCard(drive, image)).resolves.toBe("equal");
});

it("a drive that is pulled at the last step is noticed before anything is written to another", async () => {
  await page.reload();
  const drive = await provisionUpToConfirm(page, { serial: "FLOPPY-RPI-00008", role: "robot" });
  await bench.pull(drive);
  await page.getByRole("heading", { name: /^Which card becomes/ }).waitFor();
  await expect
    .poll(() => page.getByText(/unplugged|not plugged|was pulled|gone/i).count())
    .toBeGreaterThan(0);
});
