import type { Page } from "playwright";
import { expect, test } from "vitest";
import { FloppyError } from "#contract/errors.ts";
import { card, practiceInspection } from "../../support/renderer/bench-data.ts";
import { cardRun, finished } from "../../support/renderer/bench-runs.ts";
import { createBridgeDouble } from "../../support/renderer/bridge-double.ts";
import { heading, toDrives } from "../../support/renderer/hands.ts";
import { setUpRenderer } from "../../support/renderer/page.ts";

const { open } = setUpRenderer();

const bare = (drives = [card]) => {
  const { settings, machine } = createBridgeDouble().state();
  return createBridgeDouble({
    drives,
    settings: { ...settings, manifest: null },
    machine: { ...machine, nix: { state: "missing" } },
  });
};

async function toImage(page: Page) {
  await page.keyboard.type("FLOPPY-RPI-00041");
  await page.keyboard.press("Enter");
  await heading(page, "What is this device for?");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await heading(page, "Which image?");
}

test("without nix and without a manifest, practice is what is proposed", async () => {
  const { page } = await open(bare());
  await toImage(page);
  expect(await page.getByRole("radio", { name: "Practice" }).isChecked()).toBe(true);
  await page.getByText("made here, without nix or a network").waitFor();
});

test("a practice image that cannot be made says why, and can be tried again", async () => {
  const double = bare();
  const { "images.practice": made } = double.handlers;
  double.handlers["images.practice"] = () =>
    Promise.reject(new FloppyError("DISK_FULL", "The disk is full.", "Free some space."));
  const { page } = await open(double);
  await toImage(page);
  await page.getByRole("alert").getByText("The disk is full.").waitFor();
  double.handlers["images.practice"] = made;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("button", { name: "Use the practice image" }).and(page.locator(":enabled")).waitFor();
});

test("with the practice image, real drives are refused, and the first practice drive is the main act", async () => {
  const { page, double } = await open(bare());
  await toImage(page);
  await page.getByRole("button", { name: "Use the practice image" }).click();
  const real = page.getByRole("radio", { name: /SanDisk.*practice image goes to practice drives alone/ });
  expect(await real.isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Make a practice drive" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Use Practice drive, 1 GB" }).click();
  await heading(page, "Erase Practice drive, 1 GB?");
  await page.getByText("ROOT, for practice").first().waitFor();
  expect(double.asked.map(({ name }) => name)).toContain("drives.createPractice");
});

test("an image file that is for practice goes to no real drive either", async () => {
  const double = createBridgeDouble();
  double.handlers["images.inspect"] = async ({ path }) => ({ ...practiceInspection("card"), path });
  const { page } = await open(double);
  await toImage(page);
  await page.getByRole("radio", { name: "Local file" }).check();
  await page.getByRole("button", { name: /robot/ }).click();
  await page.getByRole("button", { name: "Use this file" }).and(page.locator(":enabled")).click();
  expect(await page.getByRole("radio", { name: /SanDisk/ }).isDisabled()).toBe(true);
});

test("on a practice drive, the practice image is offered in place of a build", async () => {
  const { page, double } = await open();
  await toDrives(page);
  await page.getByRole("button", { name: "Make a practice drive" }).click();
  await page.getByRole("button", { name: "Take the practice image" }).click();
  await page.getByText("to practice drives alone").first().waitFor();
  expect(await page.getByRole("radio", { name: /Practice drive/ }).isChecked()).toBe(true);
  expect(double.asked.at(-1)).toEqual({ name: "images.practice", input: { medium: "card" } });
});

test("a drive that is gone when its identity is asked for takes nothing from what was verified", async () => {
  const drive = { ...card, kind: "practice" as const, key: "practice:1", name: "Practice drive 1" };
  const run = finished({ ...cardRun(), drive, imageChoice: { kind: "practice" as const } });
  const double = createBridgeDouble({
    drives: [drive],
    runs: [{ ...run, status: { state: "running", phase: "verify" } }],
  });
  double.handlers["drives.identity"] = () => Promise.reject(new Error("The drive was unplugged."));
  const { page } = await open(double);
  await page
    .getByRole("button", { name: new RegExp(run.serial) })
    .first()
    .click();
  double.emit({ event: "run", payload: run });
  await heading(page, /is ready/);
  await page.getByText("The drive was not read back once more.").waitFor();
});
