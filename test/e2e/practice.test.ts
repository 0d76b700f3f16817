/** The first minute in the window: no nix, no card, nothing installed but Floppy. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fingerprint } from "#contract/fingerprint.ts";
import { HOST_KEY_PUBLIC_PATH, IDENTITY_PATH } from "#contract/identity.ts";
import type { Image } from "#contract/images.ts";
import { compareCard, readCardFile } from "../support/card.ts";
import { launchChromium } from "../support/chromium.ts";
import { detachLoopsBelow } from "../support/loops.ts";
import { type StationProcess, startStation } from "../support/station-process.ts";
import { machineWithoutNix } from "../support/without-nix.ts";
import { choose, holdEraseAndFlash } from "../support/wizard.ts";

let machine: ReturnType<typeof machineWithoutNix>;
let data: string;
let station: StationProcess;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  machine = machineWithoutNix();
  data = join(machine.folder, "data");
  mkdirSync(data, { mode: 0o700 });
  station = await startStation(data, machine.env);
  browser = await launchChromium();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(station.url);
});

afterAll(async () => {
  await browser?.close();
  await station?.stop();
  await detachLoopsBelow(data);
  machine?.remove();
});

/** To the drive step, the way a person goes who has just read the first page. */
async function toDrive(serial: string, role: string) {
  await page.getByRole("button", { name: serial }).click();
  await page.getByRole("button", { name: "Use this device" }).click();
  await page.getByRole("heading", { name: "What is this device for?" }).waitFor();
  await choose(page, role);
  await page.keyboard.press("Enter");
  expect(await page.getByRole("radio", { name: "Practice" }).isChecked()).toBe(true);
  await page.getByRole("button", { name: "Use the practice image" }).click();
}

function storedRun(serial: string): { image: Image; path: string } {
  const database = new DatabaseSync(join(data, "inventory.sqlite"), { readOnly: true });
  const row = database.prepare("select image, drive from runs where serial = ?").get(serial);
  database.close();
  return { image: JSON.parse(String(row?.image)), path: JSON.parse(String(row?.drive)).identity.path };
}

it("a newcomer ends with a verified practice card that says whose it is", async () => {
  const serial = "FLOPPY-RPI-00001";
  await toDrive(serial, "robot");
  await page.getByRole("button", { name: "Make a practice drive" }).click();
  await page.getByRole("button", { name: "Use Practice drive 1, 1 GB" }).click();
  await page.getByRole("heading", { name: "Erase Practice drive 1, 1 GB?" }).waitFor();
  await page.getByRole("figure", { name: "What will be on the drive" }).getByText("32 MiB").waitFor();
  await holdEraseAndFlash(page);
  await page.getByRole("heading", { name: `${serial} is ready` }).waitFor();
  await page.getByText("Read from the drive").waitFor();

  const { image, path } = storedRun(serial);
  expect(await compareCard(path, image)).toBe("equal");
  const identity = JSON.parse(await readCardFile(path, image, IDENTITY_PATH));
  expect(identity).toMatchObject({ serial, role: "robot", hostname: "floppy-rpi-00001" });
  const shown = page.getByRole("main");
  await shown.getByText(identity.hostname, { exact: true }).waitFor();
  const publicKey = await readCardFile(path, image, HOST_KEY_PUBLIC_PATH);
  await shown.getByText(await fingerprint(publicKey.trim())).waitFor();
});

it("what was practised stays practice in the list of devices", async () => {
  await page.getByRole("button", { name: "Devices" }).click();
  await page.getByText("0 devices in the inventory, and 1 for practice only.").waitFor();
  await page.getByRole("button", { name: "Flash" }).click();
});

it("a laptop's stick ends when it is verified, and says so", async () => {
  const serial = "FLOPPY-DEL-00001";
  await toDrive(serial, "dev");
  await choose(page, /Practice drive 1/);
  await page.getByRole("button", { name: "Use Practice drive 1, 1 GB" }).click();
  await page.getByRole("heading", { name: /^Erase/ }).waitFor();
  await holdEraseAndFlash(page);
  await page.getByRole("heading", { name: `${serial} is ready` }).waitFor();
  await page.getByText("A practice stick ends here.").waitFor();
  await page.getByText("Read from the drive").waitFor();
  await page.getByRole("main").getByText("floppy-del-00001", { exact: true }).waitFor();
});
