import { expect, test } from "vitest";
import type { Run } from "#contract/runs.ts";
import { card, deviceOf } from "../../support/renderer/bench-data.ts";
import { finished, transferring } from "../../support/renderer/bench-runs.ts";
import { heading, hold, toConfirm } from "../../support/renderer/hands.ts";
import { setUpRenderer } from "../../support/renderer/page.ts";

const { open } = setUpRenderer();

test("the keyboard alone leads from the serial to the verified card and to the next device", async () => {
  const { page, double } = await open();
  await toConfirm(page);
  await hold(page, "Enter");
  expect(double.asked.at(-1)).toMatchObject({
    name: "runs.start",
    input: { serial: "FLOPPY-RPI-00041", driveKey: card.key, eraseConfirmed: card.key },
  });
  const [run] = double.state().runs as [Run];
  double.emit({ event: "run", payload: transferring(run, "write", 0.63) });
  await heading(page, "Writing the card");
  const bar = page.getByRole("progressbar", { name: "Bytes written" });
  await expect.poll(() => bar.getAttribute("aria-valuenow")).toBe("63");
  const device = deviceOf(run.serial, run.host, run.role, { state: "flashed" });
  double.emit({ event: "device", payload: device });
  double.emit({ event: "run", payload: finished(run) });
  await heading(page, "FLOPPY-RPI-00041 is ready");
  await page.getByText(/SHA256:[A-Za-z0-9+/]{43}/).waitFor();
  await page.keyboard.press("Enter");
  await heading(page, "Which device is this?");
  expect(await page.getByLabel("Device serial").inputValue()).toBe("FLOPPY-RPI-00042");
  await page.keyboard.press("Enter");
  await heading(page, "Which card becomes FLOPPY-RPI-00042?");
});

test("Escape goes back step by step, and every answer is still there", async () => {
  const { page } = await open();
  await toConfirm(page);
  await page.keyboard.press("Escape");
  await heading(page, /Which card/);
  expect(await page.getByRole("radio", { name: /SanDisk/ }).isChecked()).toBe(true);
  await page.keyboard.press("Escape");
  await heading(page, "Which image?");
  await page.keyboard.press("Escape");
  await heading(page, "What is this device for?");
  await page.keyboard.press("Escape");
  expect(await page.getByLabel("Device serial").inputValue()).toBe("FLOPPY-RPI-00041");
});

test("arrow keys go where they point", async () => {
  const { page } = await open();
  await page.keyboard.type("FLOPPY-RPI-00041");
  await page.keyboard.press("Enter");
  await heading(page, "What is this device for?");
  await page.keyboard.press("ArrowDown");
  await page.getByRole("button", { name: "Use lab" }).waitFor();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("button", { name: "Use kiosk" }).waitFor();
  await page.keyboard.press("ArrowUp");
  await page.getByRole("button", { name: "Use node" }).waitFor();
});
