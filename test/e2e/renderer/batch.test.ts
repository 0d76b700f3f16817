import type { Page } from "playwright";
import { expect, test } from "vitest";
import type { Run } from "#contract/runs.ts";
import { allReady, halfWay, hubCards, mostlyReady } from "../../support/renderer/bench-batch.ts";
import { backupDisk, deviceOf, driveLike, lockedCard } from "../../support/renderer/bench-data.ts";
import { type BridgeDouble, createBridgeDouble } from "../../support/renderer/bridge-double.ts";
import { heading, hold, toDrives, toSeveral } from "../../support/renderer/hands.ts";
import { setUpRenderer } from "../../support/renderer/page.ts";

const { open } = setUpRenderer();

const hub = hubCards();
const serialOf = (number: number) => `FLOPPY-RPI-000${number}`;

const askedFor = (double: BridgeDouble, name: string) =>
  double.asked.filter((call) => call.name === name).map(({ input }) => input);

/** At the choice of cards, with serials from 41 on. */
async function atDrives(change: Parameters<typeof createBridgeDouble>[0] = {}) {
  const { page, double } = await open(createBridgeDouble({ drives: hub, ...change }));
  await toDrives(page);
  await page.getByRole("radio", { name: "Several at once" }).check();
  await heading(page, "Which cards are written?");
  return { page, double };
}

async function atBatch() {
  const { page, double } = await atDrives();
  await page.getByRole("button", { name: "Choose all 4" }).click();
  await page.getByRole("button", { name: "Use 4 cards" }).click();
  await hold(page, "Enter");
  await heading(page, "Building the image");
  const runs = double.state().runs.filter(({ batch }) => batch !== null);
  const show = (states: Run[]) => {
    for (const payload of states) double.emit({ event: "run", payload });
  };
  return { page, double, runs, show };
}

const row = (page: Page, serial: string) =>
  page.getByRole("list", { name: "Cards" }).getByRole("listitem").filter({ hasText: serial });

test("each card shows its port and the serial that it gets, in the order of the ports", async () => {
  const { page } = await atDrives();
  await page.getByRole("checkbox", { name: /USB 4\.3/ }).check();
  await page.getByRole("checkbox", { name: /USB 4\.3\s*FLOPPY-RPI-00041/ }).waitFor();
  await page.getByRole("checkbox", { name: /USB 4\.1/ }).check();
  await page.getByRole("checkbox", { name: /USB 4\.1\s*FLOPPY-RPI-00041/ }).waitFor();
  await page.getByRole("checkbox", { name: /USB 4\.3\s*FLOPPY-RPI-00042/ }).waitFor();
  await page.getByRole("button", { name: "Use 2 cards" }).waitFor();
});

test("no card is chosen by itself; “all” leaves out what is refused, and what is as large as a backup disk", async () => {
  const { page } = await atDrives({ drives: [...hub, lockedCard, backupDisk] });
  expect(await page.getByRole("checkbox", { checked: true }).count()).toBe(0);
  expect(await page.getByRole("button", { name: "Choose cards" }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Choose all 4" }).click();
  expect(await page.getByRole("checkbox", { checked: true }).count()).toBe(4);
  expect(await page.getByRole("checkbox", { name: /Kingston.*Read-only/ }).isDisabled()).toBe(true);
  expect(await page.getByRole("checkbox", { name: /WD Elements/ }).isChecked()).toBe(false);
});

test("serials of devices that have a card are passed over", async () => {
  const taken = deviceOf(serialOf(42), "raspberry", "lab", { state: "flashed" });
  const { page } = await atDrives({ devices: [taken] });
  await page.getByRole("button", { name: "Choose all 4" }).click();
  await page.getByRole("checkbox", { name: /USB 4\.2\s*FLOPPY-RPI-00043/ }).waitFor();
});

test("one act of holding erases all, each with the serial that was shown, and names how many", async () => {
  const { page, double } = await atDrives();
  await page.getByRole("button", { name: "Choose all 4" }).click();
  await page.getByRole("button", { name: "Use 4 cards" }).click();
  await heading(page, "Erase these 4 cards?");
  await page.getByRole("row", { name: /FLOPPY-RPI-00042 USB 4\.2 .*photos 2024/ }).waitFor();
  await page.getByRole("button", { name: "Erase and flash 4 cards" }).waitFor();
  await hold(page, "Enter");
  await heading(page, "Building the image");
  const members = [1, 2, 3, 4].map((number) => ({
    serial: serialOf(40 + number),
    driveKey: `hub-${number}`,
    eraseConfirmed: `hub-${number}`,
  }));
  expect(askedFor(double, "runs.startBatch")).toEqual([{ role: "lab", image: { kind: "build" }, members }]);
});

test("all of it goes without a mouse", async () => {
  const { page, double } = await open(createBridgeDouble({ drives: hub }));
  await toDrives(page);
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("ArrowRight");
  await heading(page, "Which cards are written?");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await heading(page, "Erase these 2 cards?");
  await hold(page, "Enter");
  await heading(page, "Building the image");
  expect(askedFor(double, "runs.startBatch")).toMatchObject([
    { members: [{ driveKey: "hub-1" }, { driveKey: "hub-3" }] },
  ]);
});

test("a card that is pulled before the erase leads back to the choice, with a word", async () => {
  const { page, double } = await atDrives();
  await page.getByRole("button", { name: "Choose all 4" }).click();
  await page.getByRole("button", { name: "Use 4 cards" }).click();
  await heading(page, "Erase these 4 cards?");
  double.emit({ event: "drives", payload: hub.slice(0, 3) });
  await heading(page, "Which cards are written?");
  await page.getByText("SanDisk Ultra was unplugged.").waitFor();
  await page.getByRole("button", { name: "Use 3 cards" }).waitFor();
});

test("a batch that is refused says why, and nothing was begun", async () => {
  const { page, double } = await atDrives();
  double.handlers["runs.startBatch"] = async () => {
    throw Object.assign(new Error("busy"), { code: "DRIVE_BUSY" });
  };
  await page.getByRole("button", { name: "Choose all 4" }).click();
  await page.getByRole("button", { name: "Use 4 cards" }).click();
  await page.getByRole("button", { name: /^Erase and flash/ }).focus();
  await page.keyboard.down("Enter");
  await page.getByRole("alert").waitFor();
  await page.keyboard.up("Enter");
  await heading(page, "Erase these 4 cards?");
});

test("each card has a row with its port and how it stands; one is cancelled by itself", async () => {
  const { page, double, runs, show } = await atBatch();
  show(halfWay(runs));
  await row(page, serialOf(41)).getByText("Reading back 35 %").waitFor();
  await row(page, serialOf(42)).getByText("Try another card or another reader").waitFor();
  await row(page, serialOf(43)).getByText("USB 4.3").waitFor();
  await row(page, serialOf(44))
    .getByText(/Verified/)
    .waitFor();
  await page.getByText("1 verified, 2 under way, 1 failed").first().waitFor();
  await page.getByRole("button", { name: `Cancel ${serialOf(43)}` }).click();
  await page
    .getByRole("region", { name: `Cancel ${serialOf(43)}?` })
    .getByRole("button", { name: /^Cancel/ })
    .click();
  await row(page, serialOf(43)).getByText("Cancelled").waitFor();
  expect(askedFor(double, "runs.cancel")).toEqual([{ runId: `run-${serialOf(43)}` }]);
});

test("a batch is found again from anywhere, and a card of it leads back to it", async () => {
  const { page, runs, show } = await atBatch();
  show(halfWay(runs));
  await page.getByRole("button", { name: "Devices" }).click();
  await page.getByRole("button", { name: /Back to it/ }).click();
  await heading(page, "Writing 4 cards");
  await page.getByRole("button", { name: "Flash" }).click();
  await page.getByRole("button", { name: /^Batch of 4/ }).click();
  await page.getByRole("button", { name: `Show ${serialOf(42)}` }).click();
  await heading(page, "Writing failed");
  await page.getByRole("button", { name: /^Batch of 4/ }).click();
  await heading(page, "Writing 4 cards");
});

test("a card that failed is tried again by itself, and goes on among the others", async () => {
  const { page, double, runs, show } = await atBatch();
  show(mostlyReady(runs));
  await page.getByRole("button", { name: `Retry ${serialOf(42)}` }).click();
  await heading(page, `Which card becomes ${serialOf(42)}?`);
  expect(await page.getByRole("radio", { name: "Several at once" }).count()).toBe(0);
  await page.locator("input[name=drive]:enabled").first().check();
  await page.keyboard.press("Enter");
  await heading(page, /^Erase/);
  await hold(page, "Enter");
  await heading(page, "Writing 4 cards");
  expect(askedFor(double, "runs.resume")).toMatchObject([{ runId: `run-${serialOf(42)}` }]);
});

test("the next batch goes on with the next serials, role and image, and with new cards alone", async () => {
  const { page, double, runs, show } = await atBatch();
  show(allReady(runs));
  await heading(page, "4 cards are ready");
  await page.keyboard.press("Enter");
  await heading(page, "Which cards are written?");
  await page.getByText("Take the finished cards out").waitFor();
  await page.getByRole("checkbox", { name: /USB 4\.1.*now FLOPPY-RPI-00041/ }).waitFor();
  const changed = hub.map((drive) =>
    driveLike({ ...drive, key: `${drive.key}-new` }, 32e9, drive.identity.path),
  );
  double.emit({ event: "drives", payload: [...changed.slice(2), ...hub.slice(0, 2)] });
  await page.getByRole("button", { name: "Choose all 2" }).click();
  await page.getByRole("checkbox", { name: /USB 4\.1\s*FLOPPY-RPI-00045/ }).waitFor();
  await page.getByRole("button", { name: "Use 2 cards" }).click();
  await hold(page, "Enter");
  await heading(page, "Building the image");
  expect(askedFor(double, "runs.startBatch").at(-1)).toMatchObject({
    role: "lab",
    image: { kind: "build" },
    members: [
      { serial: serialOf(45), driveKey: "hub-1-new" },
      { serial: serialOf(46), driveKey: "hub-2-new" },
    ],
  });
});

test("what is left of a batch is one notice, and can be put aside at once", async () => {
  const { page, double, runs, show } = await atBatch();
  show(runs.map((run) => ({ ...run, status: { state: "interrupted", phase: "write" } })));
  await heading(page, "0 of 4 cards are ready");
  await page.getByRole("button", { name: "Flash" }).click();
  const notice = page.getByRole("status").filter({ hasText: "of a batch of 4 cards" });
  await notice.getByRole("button", { name: "Put aside" }).click();
  await notice.waitFor({ state: "detached" });
  expect(askedFor(double, "runs.dismiss")).toHaveLength(4);
});

test("laptops are offered no batch", async () => {
  const { page } = await open(createBridgeDouble({ drives: hub }));
  await page.getByLabel("Device serial").fill("FLOPPY-DEL-00007");
  await page.keyboard.press("Enter");
  await heading(page, "What is this device for?");
  await page.keyboard.press("Enter");
  await page
    .getByRole("button", { name: /^Use dell-/ })
    .and(page.locator(":enabled"))
    .click();
  await heading(page, /Which stick becomes/);
  expect(await page.getByRole("radio", { name: "Several at once" }).count()).toBe(0);
});

test("forty cards fit: every one has its row, and all can be reached", async () => {
  const cards = Array.from({ length: 40 }, (_, index) => {
    const port = `pci-0000:00:14.0-usb-0:4.${index + 1}:1.0-scsi-0:0:0:0`;
    return driveLike({ key: `many-${index}`, name: "SanDisk Ultra", port }, 32e9, `/dev/sd${index}`);
  });
  const { page } = await atDrives({ drives: cards });
  await page.getByRole("button", { name: "Choose all 40" }).click();
  await page.getByRole("button", { name: "Use 40 cards" }).click();
  await heading(page, "Erase these 40 cards?");
  await hold(page, "Enter");
  const last = row(page, serialOf(80));
  await last.scrollIntoViewIfNeeded();
  await last.getByText("USB 4.40").waitFor();
  await toSeveralAfter(page);
});

/** The wizard is free for others meanwhile. */
async function toSeveralAfter(page: Page) {
  await page.getByRole("button", { name: "Flash" }).click();
  await toSeveral(page, "FLOPPY-RPI-00090");
  expect(await page.getByRole("checkbox", { name: /Taken/ }).count()).toBe(40);
}
