import { expect, test } from "vitest";
import { bench } from "../../support/renderer/bench-data.ts";
import {
  atBoot,
  atDisk,
  atReach,
  partitioning,
  provisioned,
  pushing,
  strangerAnswered,
} from "../../support/renderer/bench-runs.ts";
import { createBridgeDouble } from "../../support/renderer/bridge-double.ts";
import { heading } from "../../support/renderer/hands.ts";
import { setUpRenderer } from "../../support/renderer/page.ts";
import { samsung } from "../../unit/core/install/machine.ts";

const { open } = setUpRenderer();

/** A page that shows a laptop's run, which stands where the test wants it. */
async function showing(run: ReturnType<typeof atBoot>) {
  const double = createBridgeDouble({ ...bench(), runs: [run] });
  const opened = await open(double);
  await opened.page.getByRole("button", { name: "Show" }).first().click();
  return opened;
}

test("a machine that waits to be booted is told of at the start, with its maker's key and who else is there", async () => {
  const { page } = await showing(atBoot());
  await heading(page, "Boot the machine from the stick");
  await page.getByText("F12").first().waitFor();
  await page.getByText("FLOPPY-DEL-00009").waitFor();
  await page.getByText("installed device").waitFor();
});

test("an address that is none is told at its field", async () => {
  const { page, double } = await showing(atBoot());
  await page.getByLabel("Its address").fill("not an address");
  await page.getByRole("button", { name: "Look there" }).click();
  await page.getByText(/cannot be reached/).waitFor();
  await page.getByLabel("Its address").fill("192.168.1.47");
  await page.keyboard.press("Enter");
  await page.getByText(/cannot be reached/).waitFor({ state: "detached" });
  expect(double.asked.at(-1)).toMatchObject({ name: "runs.aim", input: { address: "192.168.1.47" } });
});

test("while it looks, what was tried is told with its outcome", async () => {
  const { page, double } = await showing(atBoot());
  double.emit({ event: "run", payload: atReach() });
  await page.getByText(/nothing listens there yet/).waitFor();
});

test("no disk is chosen where there are two; the stick cannot be", async () => {
  const { page } = await showing(atDisk());
  await heading(page, "Which disk becomes the system?");
  expect(await page.getByRole("radio", { checked: true, name: /Samsung|WDC/ }).count()).toBe(0);
  expect(await page.getByRole("radio", { name: /stick/ }).isDisabled()).toBe(true);
});

test("the keyboard alone chooses a disk, sees what is lost, and agrees by its serial", async () => {
  const { page, double } = await showing(atDisk());
  await heading(page, "Which disk becomes the system?");
  await page.keyboard.press("Space");
  await page.getByText("BitLocker volume").first().waitFor();
  await page.getByText("@snapshots", { exact: true }).first().waitFor();
  const field = page.getByLabel(/last four of its serial/);
  await field.focus();
  await page.keyboard.type("8711");
  await page.getByText("That is another serial.").waitFor();
  await page.keyboard.press("Enter");
  expect(double.asked.some(({ name }) => name === "runs.chooseDisk")).toBe(false);
  await field.fill("8712");
  await page.keyboard.press("Enter");
  await expect
    .poll(() => double.asked.at(-1))
    .toMatchObject({
      name: "runs.chooseDisk",
      input: { diskKey: samsung.key, eraseConfirmed: samsung.key, buildPlace: "here" },
    });
});

test("every command can be read before one is run", async () => {
  const { page } = await showing(atDisk());
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: /Show the \d+ commands/ }).click();
  await page.getByText(/sgdisk --zap-all/).waitFor();
});

test("the command under way is told with the machine's last word", async () => {
  const { page, double } = await showing(atBoot());
  double.emit({ event: "run", payload: partitioning() });
  await heading(page, "Erasing and laying out the disk");
  await page.getByText("Format floppy-esp").first().waitFor();
  await page.getByText("mkfs.fat 4.2").waitFor();
});

test("cancelling says what it leaves of the disk", async () => {
  const { page, double } = await showing(atBoot());
  double.emit({ event: "run", payload: pushing(0.4) });
  await page.getByRole("button", { name: "Cancel run" }).click();
  await page.getByText(/holds no whole system yet. No other disk was touched/).waitFor();
});

test("a stranger at the address is refused loudly, with both keys", async () => {
  const { page, double } = await showing(atBoot());
  double.emit({ event: "run", payload: strangerAnswered() });
  await heading(page, "“Reach” failed");
  await page.getByText("On the stick").waitFor();
  await page
    .getByRole("definition")
    .filter({ hasText: "a".repeat(43) })
    .waitFor();
  await page
    .getByRole("definition")
    .filter({ hasText: "b".repeat(43) })
    .waitFor();
  await page.getByRole("button", { name: "Go on" }).click();
  await expect
    .poll(() => double.asked.at(-1))
    .toMatchObject({ name: "runs.follow", input: { phases: null } });
});

test("the log can be saved", async () => {
  const { page, double } = await showing(atBoot());
  double.emit({ event: "run", payload: pushing(0.4) });
  await page.keyboard.press("l");
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the log" }).click();
  expect((await saved).suggestedFilename()).toMatch(/^FLOPPY-DEL-00007-.*\.log$/);
});

test("a provisioned device says what was found", async () => {
  const { page, double } = await showing(atBoot());
  double.emit({ event: "run", payload: provisioned() });
  await heading(page, "FLOPPY-DEL-00007 is provisioned");
});
