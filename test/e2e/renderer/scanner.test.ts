import { expect, test } from "vitest";
import { heading, scan, toDrives } from "../../support/renderer/hands.ts";
import { setUpRenderer } from "../../support/renderer/page.ts";

const { open } = setUpRenderer();

test("a scanned serial counts wherever the focus is", async () => {
  const { page } = await open();
  await page.getByRole("button", { name: "Devices" }).click();
  await heading(page, "Devices");
  await scan(page, "FLOPPY-RPI-00041");
  await heading(page, "What is this device for?");
});

test("a scan in the middle of another device is told, and presses no button", async () => {
  const { page } = await open();
  await toDrives(page);
  await page.keyboard.press("Space");
  await scan(page, "FLOPPY-RPI-00039");
  await page.getByText("Scanned FLOPPY-RPI-00039.").waitFor();
  await heading(page, "Which card becomes FLOPPY-RPI-00041?");
  await page.getByRole("button", { name: "Switch to it" }).click();
  await heading(page, "What is this device for?");
});

test("typing with the focus elsewhere lands in the serial field", async () => {
  const { page } = await open();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.type("FLOPPY-RPI-00041", { delay: 60 });
  expect(await page.getByLabel("Device serial").inputValue()).toBe("FLOPPY-RPI-00041");
});
