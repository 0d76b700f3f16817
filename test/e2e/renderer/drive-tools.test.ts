import type { Page } from "playwright";
import { expect, test } from "vitest";
import { backupDisk, card, lockedCard } from "../../support/renderer/bench-data.ts";
import { foundFake, taskOf, writingTest } from "../../support/renderer/bench-tasks.ts";
import { type BridgeDouble, createBridgeDouble } from "../../support/renderer/bridge-double.ts";
import { heading, toDrives } from "../../support/renderer/hands.ts";
import { setUpRenderer } from "../../support/renderer/page.ts";

const { open } = setUpRenderer();

const asked = (double: BridgeDouble, name: string) =>
  double.asked.filter((call) => call.name === name).map(({ input }) => input);

async function toTools(page: Page, drive = "SanDisk Ultra") {
  await toDrives(page);
  await page.getByRole("button", { name: `Tools for ${drive}` }).click();
  await heading(page, /^Tools for/);
}

test("by keys alone, a drive is tested quickly and what is wrong with it is told", async () => {
  const { page, double } = await open();
  await toDrives(page);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await heading(page, "Tools for SanDisk Ultra, 32 GB");
  await page.keyboard.press("Enter");
  await heading(page, "Testing SanDisk Ultra");
  expect(asked(double, "drives.test")).toEqual([{ driveKey: card.key, mode: "quick", eraseConfirmed: null }]);
  double.emit({ event: "driveTasks", payload: [foundFake] });
  await heading(page, "SanDisk Ultra: Holds less than it says");
  await page
    .getByRole("alert")
    .getByText(/holds 7.8 GB: a false card/)
    .waitFor();
  await page.keyboard.press("Enter");
  await heading(page, /Which card/);
  await page.getByRole("radio", { name: /SanDisk.*Holds less than it says/ }).waitFor();
});

test("what erases the drive wants a full second of holding", async () => {
  const { page, double } = await open();
  await toTools(page);
  await page.clock.install();
  for (const [tool, button, call] of [
    ["Full test", "Erase and test", "drives.test"],
    ["Empty", "Erase and empty", "drives.restore"],
  ] as const) {
    await page.getByRole("radio", { name: tool }).check();
    await page.keyboard.press("Enter");
    const hold = page.getByRole("button", { name: button });
    await hold.click();
    await page.clock.runFor(900);
    expect(asked(double, call)).toEqual([]);
    await hold.hover();
    await page.mouse.down();
    await page.clock.runFor(1000);
    await page.mouse.up();
    await page.getByRole("button", { name: "Cancel…" }).waitFor();
    expect(asked(double, call)).toEqual([expect.objectContaining({ eraseConfirmed: card.key })]);
    double.emit({ event: "driveTasks", payload: [] });
    await heading(page, /^Tools for/);
  }
});

test("a drive is saved to a suggested file, and a file that is there only replaced when asked", async () => {
  const { page, double } = await open();
  await toTools(page);
  await page.getByRole("radio", { name: "Save" }).check();
  const field = page.getByLabel("Image file");
  expect(await field.inputValue()).toBe("/home/tech/images/sandisk-ultra.img.zst");
  await page.getByRole("radio", { name: "Used part" }).check();
  await field.press("Enter");
  await heading(page, "Saving SanDisk Ultra");
  const file = { path: "/home/tech/images/sandisk-ultra.img.zst", part: "used" as const };
  const request = { ...file, replace: false };
  expect(asked(double, "drives.save")).toEqual([{ driveKey: card.key, ...file, replaceConfirmed: null }]);
  const error = {
    code: "FILE_EXISTS" as const,
    message: "It is there already.",
    hint: "It was not touched.",
    details: {},
  };
  const status = { state: "failed" as const, endedAt: "2026-03-02T09:44:00Z", error };
  double.emit({ event: "driveTasks", payload: [taskOf(card, { kind: "save", ...request }, status)] });
  await page.clock.install();
  const hold = page.getByRole("button", { name: "Hold to replace the file" });
  await hold.click();
  await page.clock.runFor(900);
  expect(asked(double, "drives.save")).toHaveLength(1);
  await hold.hover();
  await page.mouse.down();
  await page.clock.runFor(1000);
  await page.mouse.up();
  await heading(page, "Saving SanDisk Ultra");
  const replaceConfirmed = file.path;
  expect(asked(double, "drives.save").at(-1)).toEqual({ driveKey: card.key, ...file, replaceConfirmed });
});

test("a task shows how far it is, goes on when one leaves, and keeps its drive from being chosen", async () => {
  const { page, double } = await open(createBridgeDouble({ driveTasks: [writingTest] }));
  await toDrives(page);
  expect(await page.getByRole("radio", { name: /SanDisk.*Testing… 40 %/ }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Tools for SanDisk Ultra" }).click();
  await page.getByRole("progressbar", { name: "Bytes written" }).waitFor();
  await page.getByRole("button", { name: "Cancel…" }).click();
  await page.getByText(/What was on the drive is gone/).waitFor();
  await page.getByRole("button", { name: "Cancel it" }).click();
  await heading(page, "SanDisk Ultra: Cancelled");
  expect(asked(double, "drives.cancelTask")).toEqual([{ taskId: writingTest.id }]);
  await page.getByRole("button", { name: "Another tool" }).click();
  await heading(page, /^Tools for/);
});

test("a locked drive may be saved and nothing else; one that is pulled cannot be begun with", async () => {
  const { page, double } = await open();
  await toTools(page, "Kingston Canvas");
  const main = (name: string) => page.getByRole("button", { name });
  expect(await main("Test the drive").isDisabled()).toBe(true);
  await page.getByRole("radio", { name: "Save" }).check();
  await main("Save the drive").and(page.locator(":enabled")).waitFor();
  double.emit({ event: "drives", payload: [card, backupDisk] });
  await page.getByText(`${lockedCard.name} was unplugged.`).waitFor();
  expect(await main("Save the drive").isDisabled()).toBe(true);
});
