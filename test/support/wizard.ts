/** A technician's hands: the wizard's steps as a person takes them. */
import type { Page } from "playwright";

/** Chooses a card of a list as a pointer does: the whole card is the button. */
export async function choose(page: Page, name: string | RegExp): Promise<void> {
  await page
    .locator("label")
    .filter({ has: page.getByRole("radio", { name }) })
    .last()
    .click();
}

/** Goes to the confirm step with a new practice drive; returns the drive's path. */
export async function provisionUpToConfirm(
  page: Page,
  device: { serial: string; role: string },
): Promise<string> {
  await page.getByLabel("Device serial").fill(device.serial);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "What is this device for?" }).waitFor();
  await choose(page, device.role);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^Use raspberry-/ }).click();
  await page.getByRole("heading", { name: /^Which card becomes/ }).waitFor();
  await page.getByRole("button", { name: "Make a practice drive" }).click();
  await choose(page, /practice/i);
  await page.getByRole("button", { name: /^Use / }).click();
  const path = await page
    .getByText(/^\/dev\/loop\d+$/)
    .first()
    .textContent();
  if (!path) throw new Error("The confirm step names no drive.");
  return path;
}

/** Presses the button and keeps it pressed until the run has begun. */
export async function holdEraseAndFlash(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Erase and flash/ }).hover();
  await page.mouse.down();
  await page
    .getByRole("button", { name: "Cancel run" })
    .or(page.getByRole("button", { name: "Next device" }))
    .waitFor();
  await page.mouse.up();
}
