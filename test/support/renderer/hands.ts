/** A technician's hands on the keyboard, from one of the wizard's questions to the next. */
import type { Page } from "playwright";

export const heading = (page: Page, name: string | RegExp) =>
  page.getByRole("heading", { level: 1, name }).waitFor();

/** The keys of a scanner: each at once after the other, Enter last. None waits for the answer to the one before. */
export async function scan(page: Page, serial: string) {
  await Promise.all([...serial, "Enter"].map((key) => page.keyboard.press(key)));
}

export async function hold(page: Page, key: string) {
  await page.keyboard.down(key);
  await heading(page, /image|Writing/);
  await page.keyboard.up(key);
}

export async function toDrives(page: Page) {
  await page.keyboard.type("FLOPPY-RPI-00041");
  await page.keyboard.press("Enter");
  await heading(page, "What is this device for?");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page
    .getByRole("button", { name: /^Use raspberry-/ })
    .and(page.locator(":enabled"))
    .waitFor();
  await page.keyboard.press("Enter");
  await heading(page, /Which card becomes/);
}

/** To the choice of several cards; the role is asked for where it is not the one before. */
export async function toSeveral(page: Page, serial: string) {
  await page.getByLabel("Device serial").fill(serial);
  await page.keyboard.press("Enter");
  await page.getByRole("radio", { name: "Several at once" }).check();
  await heading(page, "Which cards are written?");
}

export async function toConfirm(page: Page) {
  await toDrives(page);
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await heading(page, "Erase SanDisk Ultra, 32 GB?");
}
