/** Closing the window while a run is under way, with a real run: the reading of an image that takes long. */
import { once } from "node:events";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Page } from "playwright";
import { afterEach, beforeEach, expect, it } from "vitest";
import { detachLoopsBelow } from "../../support/loops.ts";
import { launchStandIn, type StandIn, startMain } from "./stand-in/launch.ts";

const GIB = 1024 ** 3;

let folder: string;
let app: StandIn;
let page: Page;

async function open() {
  app = await launchStandIn({ FLOPPY_DATA: join(folder, "data") });
  page = await app.firstWindow();
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "floppy-closing-"));
  await open();
});
afterEach(async () => {
  await app?.close();
  await detachLoopsBelow(folder);
  await rm(folder, { recursive: true, force: true });
});

async function call(name: string, input: object) {
  const reply = await page.evaluate(
    ([to, given]) => Reflect.get(window, "floppy").call(to, given),
    [name, input],
  );
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value;
}

/** A run that is under way until it is cancelled, or its image is gone through. */
async function startRun(imageBytes: number) {
  const image = join(folder, "image.img");
  await writeFile(image, "");
  await truncate(image, imageBytes);
  const { key } = await call("drives.createPractice", { sizeBytes: 16 * 1024 ** 2 });
  const request = { serial: "FLOPPY-RPI-00001", role: "robot", image: { kind: "file", path: image } };
  const run = await call("runs.start", { ...request, driveKey: key, eraseConfirmed: key });
  return run.id as string;
}

/** Clicks the window's cross, and answers the question with the choice at `response`. */
const closeWindow = (response: number) =>
  app.evaluate(async ({ BrowserWindow, dialog }, chosen) => {
    let asked = "";
    dialog.showMessageBox = async (...given: unknown[]) => {
      asked = (given.at(-1) as { message: string }).message;
      return { response: chosen, checkboxChecked: false };
    };
    BrowserWindow.getAllWindows()[0]?.close();
    await new Promise((resolve) => setImmediate(resolve));
    return asked;
  }, response);

const isVisible = () =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? null);

const stateOf = async (runId: string) => (await call("runs.show", { runId })).run.status.state;

it("lets the run go on behind a hidden window, which comes back when it has ended", async () => {
  const runId = await startRun(64 * GIB);
  expect(await closeWindow(0)).toBe("A run is under way.");
  expect(await isVisible()).toBe(false);
  expect(await stateOf(runId)).toBe("running");
  await call("runs.cancel", { runId });
  await expect.poll(isVisible).toBe(true);
});

it("leaves window and run as they are when the person goes back", async () => {
  const runId = await startRun(64 * GIB);
  await closeWindow(2);
  expect([await isVisible(), await stateOf(runId)]).toEqual([true, "running"]);
  await call("runs.cancel", { runId });
});

it("cancels the run before it quits, when that is the choice", async () => {
  const runId = await startRun(64 * GIB);
  await closeWindow(1);
  expect(await app.exited).toBe(0);
  await open();
  expect(await stateOf(runId)).toBe("cancelled");
});

it("quits unasked when no run is under way", async () => {
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  expect(await app.exited).toBe(0);
});

it("says in a dialog why it cannot start", async () => {
  const blocked = join(folder, "no-folder");
  await writeFile(blocked, "a file");
  const main = startMain({ FLOPPY_DATA: blocked });
  const [[code], complaint] = await Promise.all([once(main, "exit"), text(main.stderr)]);
  expect(code).toBe(1);
  expect(complaint).toContain(
    `Floppy’s data folder ${blocked} cannot be made: there is a file of that name.`,
  );
});
