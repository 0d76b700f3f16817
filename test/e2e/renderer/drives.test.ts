import { expect, test } from "vitest";
import { backupDisk, card, lockedCard } from "../../support/renderer/bench-data.ts";
import { cardRun, finished, transferring } from "../../support/renderer/bench-runs.ts";
import { createBridgeDouble } from "../../support/renderer/bridge-double.ts";
import { heading, toConfirm, toDrives } from "../../support/renderer/hands.ts";
import { setUpRenderer } from "../../support/renderer/page.ts";

const { open } = setUpRenderer();

test("no drive is chosen by itself; what is refused or large says so", async () => {
  const { page, double } = await open();
  await toDrives(page);
  expect(await page.locator("input[name=drive]:checked").count()).toBe(0);
  expect(await page.getByRole("radio", { name: /Kingston.*Read-only/ }).isDisabled()).toBe(true);
  await page.getByRole("radio", { name: /WD Elements.*2 TB.*Over 256 GB/ }).waitFor();
  double.emit({ event: "drives", payload: [card] });
  await page.getByRole("radio", { name: /WD Elements/ }).waitFor({ state: "detached" });
  expect(await page.locator("input[name=drive]:checked").count()).toBe(0);
  expect(await page.getByRole("button", { name: "Choose a drive" }).isDisabled()).toBe(true);
});

test("a drive that another run writes cannot be chosen, says for whom, and is free once that run is over", async () => {
  const other = cardRun({ serial: "FLOPPY-RPI-00037" });
  const { page, double } = await open(createBridgeDouble({ runs: [transferring(other, "write", 0.2)] }));
  await toDrives(page);
  const taken = page.getByRole("radio", { name: /SanDisk.*Taken: it is being written for FLOPPY-RPI-00037/ });
  expect(await taken.isDisabled()).toBe(true);
  double.emit({ event: "run", payload: finished(other) });
  await taken.waitFor({ state: "detached" });
  expect(await page.getByRole("radio", { name: /SanDisk/ }).isEnabled()).toBe(true);
});

test("a device leaves the inventory when its button is held, and the list with it", async () => {
  const { page, double } = await open();
  await page.getByRole("button", { name: "Devices" }).click();
  await page.getByRole("button", { name: "FLOPPY-RPI-00040" }).click();
  await page.getByRole("button", { name: "Remove device" }).focus();
  await page.keyboard.down("Enter");
  await heading(page, "Devices");
  await page.keyboard.up("Enter");
  await page.getByRole("button", { name: "FLOPPY-RPI-00040" }).waitFor({ state: "detached" });
  const serial = "FLOPPY-RPI-00040";
  expect(double.asked.at(-1)).toEqual({
    name: "devices.remove",
    input: { serial, removeConfirmed: serial },
  });
});

test("a drive that vanishes before the erase leads back, with a word", async () => {
  const { page, double } = await open();
  await toConfirm(page);
  double.emit({ event: "drives", payload: [lockedCard, backupDisk] });
  await heading(page, /Which card/);
  await page.getByText("SanDisk Ultra was unplugged.").waitFor();
  expect(await page.locator("input[name=drive]:checked").count()).toBe(0);
});

test("without drives it asks for one, and a practice drive is one click away", async () => {
  const { page } = await open(createBridgeDouble({ drives: [] }));
  await toDrives(page);
  await page.getByText("No drive here yet.").waitFor();
  await page.getByRole("button", { name: "Make a practice drive" }).click();
  await page.getByRole("radio", { name: /Practice drive/ }).check();
  await page.getByRole("button", { name: "Use Practice drive, 8 GB" }).click();
  await heading(page, "Erase Practice drive, 8 GB?");
});

test("nothing starts without a full second of holding", async () => {
  const { page, double } = await open();
  await toConfirm(page);
  await page.clock.install();
  const started = () => double.asked.filter((call) => call.name === "runs.start").length;
  const button = page.getByRole("button", { name: "Erase and flash" });
  await button.click();
  await button.press("Enter");
  await button.press("Space");
  await page.mouse.down();
  await page.clock.runFor(900);
  await page.mouse.up();
  // A key held since the step before repeats: the browser says so, and the button must not take it.
  await button.dispatchEvent("keydown", { key: "Enter", repeat: true, bubbles: true });
  await page.clock.runFor(5_000);
  expect(started()).toBe(0);
  await page.mouse.down();
  await page.clock.runFor(1_000);
  await page.mouse.up();
  await heading(page, "Building the image");
  expect(started()).toBe(1);
});

test("the confirm step names drive, size, serial and what will be lost", async () => {
  const { page } = await open();
  await toConfirm(page);
  const lost = page.getByRole("figure", { name: /will be lost/ });
  await lost.getByText("photos 2024").first().waitFor();
  await lost.getByText("ext4 · 21 GB").waitFor();
  for (const words of ["4C530001", "/dev/sdb", "FLOPPY-RPI-00041", "Wi-Fi “bench”"]) {
    await page.getByRole("main").getByText(words).first().waitFor();
  }
  await page.getByText(/Mounted at \/media\/tech\/photos 2024/).waitFor();
});

test("before a build the confirm step draws the size of the last one", async () => {
  const before = finished(cardRun({ serial: "FLOPPY-RPI-00040", role: "lab" }));
  const { page } = await open(createBridgeDouble({ runs: [before] }));
  await toConfirm(page);
  await page.getByText("As large as the last build of raspberry-lab; this one may differ.").waitFor();
  await page.getByRole("figure", { name: "What will be on the drive" }).getByText("2.96 GiB").waitFor();
});
