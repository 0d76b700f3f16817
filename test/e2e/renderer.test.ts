import axe from "axe-core";
import type { Page } from "playwright";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Run } from "#contract/runs.ts";
import {
  backupDisk,
  bench,
  building,
  card,
  cardRun,
  deviceOf,
  failed,
  finished,
  interrupted,
  lockedCard,
  transferring,
} from "../support/bench-data.ts";
import { createBridgeDouble } from "../support/bridge-double.ts";
import { hostRenderer, openWith, type RendererHost } from "../support/renderer-page.ts";

let host: RendererHost;
let complaints: string[] = [];
beforeAll(async () => {
  host = await hostRenderer();
});
afterAll(() => host.close());
afterEach(async () => {
  expect(complaints).toEqual([]);
  for (const context of host.browser.contexts()) await context.close();
});

async function open(double = createBridgeDouble(), size?: { width: number; height: number }) {
  const opened = await openWith(host, double, size);
  ({ complaints } = opened);
  const { page } = opened;
  await heading(page, "Which device is this?");
  return { page, double };
}

const heading = (page: Page, name: string | RegExp) =>
  page.getByRole("heading", { level: 1, name }).waitFor();

/** The keys of a scanner: each at once after the other, Enter last. */
async function scan(page: Page, serial: string) {
  for (const key of serial) await page.keyboard.press(key);
  await page.keyboard.press("Enter");
}

async function hold(page: Page, key: string) {
  await page.keyboard.down(key);
  await heading(page, /image|Writing/);
  await page.keyboard.up(key);
}

async function toDrives(page: Page) {
  await page.keyboard.type("FLOPPY-RPI-00041");
  await page.keyboard.press("Enter");
  await heading(page, "What is this device for?");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page
    .getByRole("button", { name: /^Build raspberry-/ })
    .and(page.locator(":enabled"))
    .waitFor();
  await page.keyboard.press("Enter");
  await heading(page, /Which card becomes/);
}

async function toConfirm(page: Page) {
  await toDrives(page);
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await heading(page, "Erase SanDisk Ultra, 32 GB?");
}

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

test("what is no serial is said at the field, with what is safe and what to do", async () => {
  const { page } = await open();
  await page.keyboard.type("FLOPPY-XXX-1");
  await page.keyboard.press("Enter");
  const alert = page.getByRole("alert");
  await alert.getByText("“FLOPPY-XXX-1” is no device serial.").waitFor();
  await alert.getByText(/Nothing was changed/).waitFor();
  expect(await page.getByLabel("Device serial").getAttribute("aria-invalid")).toBe("true");
});

test("a role that the host cannot take tells why and cannot be chosen by any key", async () => {
  const { page } = await open();
  await page.keyboard.type("FLOPPY-RPI-00041");
  await page.keyboard.press("Enter");
  await heading(page, "What is this device for?");
  const kiosk = page.getByRole("radio", { name: /kiosk/ });
  expect(await kiosk.isDisabled()).toBe(true);
  await page.getByText("Needs a screen; this host has none.").first().waitFor();
  for (const key of ["ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowDown"]) {
    await page.keyboard.press(key);
    expect(
      await page
        .getByRole("radio", { name: /kiosk|proxy|terminal/ })
        .and(page.locator(":checked"))
        .count(),
    ).toBe(0);
  }
});

test("arrow keys go where they point", async () => {
  const { page } = await open();
  await page.keyboard.type("FLOPPY-RPI-00041");
  await page.keyboard.press("Enter");
  await heading(page, "What is this device for?");
  await page.keyboard.press("ArrowDown");
  await page.getByRole("button", { name: "Use lab" }).waitFor();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("button", { name: "Use ai" }).waitFor();
  await page.keyboard.press("ArrowUp");
  await page.getByRole("button", { name: "Use node" }).waitFor();
});

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
  await page.getByRole("button", { name: "Use Practice drive 8 GB" }).click();
  await heading(page, "Erase Practice drive, 8 GB?");
});

test("nothing starts without a full second of holding", async () => {
  const { page, double } = await open();
  await toConfirm(page);
  const started = () => double.asked.filter((call) => call.name === "runs.start").length;
  const button = page.getByRole("button", { name: "Erase and flash" });
  await button.click();
  await button.press("Enter");
  await button.press("Space");
  await button.click({ delay: 600 });
  // A key held since the step before repeats: the browser says so, and the button must not take it.
  await button.dispatchEvent("keydown", { key: "Enter", repeat: true, bubbles: true });
  await page.waitForTimeout(1300);
  expect(started()).toBe(0);
  await button.click({ delay: 1200 });
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

test("a file that cannot be used says why; one without firmware says what it lacks", async () => {
  const { page } = await open();
  await page.keyboard.type("FLOPPY-RPI-00041");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("radio", { name: "Local file" }).check();
  await page.getByRole("button", { name: /truncated/ }).click();
  await page.getByRole("alert").getByText("truncated.img.xz ends in the middle.").waitFor();
  expect(await page.getByRole("button", { name: "Use this file" }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: /installer/ }).click();
  await page.getByText("This image takes no identity.").waitFor();
  await page.keyboard.press("Enter");
  await heading(page, /Which card/);
});

test("a machine that cannot build names the mend, and offers the file", async () => {
  const double = createBridgeDouble();
  double.handlers["images.preflight"] = async () => ({
    ready: false,
    checks: [
      { name: "aarch64-linux", ok: false, found: "cannot be built here", fix: "Install qemu-user-static." },
    ],
  });
  const { page } = await open(double);
  await page.keyboard.type("FLOPPY-RPI-00041");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByText("Install qemu-user-static.").waitFor();
  expect(await page.getByRole("button", { name: /^Build/ }).isDisabled()).toBe(true);
});

test("an interrupted run is offered at the start: resumed through the drive and the hold, or put aside", async () => {
  const run = interrupted(cardRun({ serial: "FLOPPY-RPI-00038" }));
  const { page, double } = await open(createBridgeDouble({ runs: [run] }));
  await page.getByText("A run of FLOPPY-RPI-00038 was interrupted while writing.").waitFor();
  await page.getByText("Nothing on it can boot.").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await heading(page, "Which card becomes FLOPPY-RPI-00038?");
  await page.getByRole("radio", { name: /SanDisk/ }).check();
  await page.keyboard.press("Enter");
  await heading(page, "Erase SanDisk Ultra, 32 GB?");
  await hold(page, "Enter");
  expect(double.asked.at(-1)).toMatchObject({ name: "runs.resume", input: { runId: run.id } });
});

test("putting an interrupted run aside takes the offer away", async () => {
  const run = interrupted(cardRun({ serial: "FLOPPY-RPI-00038" }));
  const { page } = await open(createBridgeDouble({ runs: [run] }));
  await page.getByRole("button", { name: "Put aside" }).click();
  await page.getByText(/was interrupted/).waitFor({ state: "detached" });
});

test("cancelling says what it leaves behind before it does", async () => {
  const run = transferring(cardRun(), "write", 0.4);
  const { page, double } = await open(createBridgeDouble({ runs: [run] }));
  await page.getByRole("button", { name: /FLOPPY-RPI-00041 write 40 %/ }).click();
  await page.getByRole("button", { name: "Cancel run" }).click();
  await page.getByText("The card stays half written and cannot boot. Nothing else is touched.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Cancel run" }).click();
  expect(double.asked.some((call) => call.name === "runs.cancel")).toBe(false);
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await heading(page, "Cancelled while writing");
});

test("a failed run says what happened, what is safe and what next, and shows its log", async () => {
  const run = failed(cardRun());
  const { page } = await open(createBridgeDouble({ runs: [run] }));
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await heading(page, "Writing failed");
  await page.getByText("The card stopped accepting data at 1.94 GiB.").waitFor();
  await page.getByText(/The image and the inventory are safe/).waitFor();
  await page.getByText("Opened /dev/sdb exclusively.").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await heading(page, /Which card/);
});

test("a build shows its counts and its last lines; the log opens with L", async () => {
  const run = building(cardRun());
  const { page, double } = await open(createBridgeDouble({ runs: [run] }));
  await page.getByRole("button", { name: /FLOPPY-RPI-00041 image/ }).click();
  await page.getByText("212 of 388").first().waitFor();
  await page.getByText("linux-rpi-6.6.51-modules").waitFor();
  await page.getByText("Opened /dev/sdb exclusively.").waitFor();
  const line = { at: run.startedAt, phase: "image" as const, level: "warning" as const, text: "low on disk" };
  double.emit({ event: "log", payload: { runId: run.id, lines: [line] } });
  await page.keyboard.press("l");
  await page.getByRole("region", { name: "Log" }).getByText("low on disk").waitFor();
});

test("a wrong setting is told at its field, with its line", async () => {
  const { page, double } = await open();
  await page.getByRole("button", { name: "Settings" }).click();
  const keys = page.getByLabel("SSH keys that may log in");
  await keys.fill("nonsense");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Line 1: This is no OpenSSH public key.").waitFor();
  expect(double.asked.some((call) => call.name === "settings.update")).toBe(false);
  await keys.fill("");
  await page.getByLabel("Name", { exact: true }).fill("Bench 7");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved").waitFor();
  expect(double.state().settings).toMatchObject({ benchName: "Bench 7", authorizedKeys: [] });
});

test("a station that stops answering is said, and the state is read anew when it is back", async () => {
  const context = await host.browser.newContext();
  const page = await context.newPage();
  const double = createBridgeDouble();
  const sockets: { close(): Promise<void> }[] = [];
  await page.routeWebSocket("**/api", (socket) => {
    sockets.push(socket);
    socket.onMessage(async (text) => {
      const { id, call, input } = JSON.parse(String(text));
      socket.send(JSON.stringify({ id, reply: await double.call(call, input) }));
    });
  });
  complaints = [];
  await page.goto(host.address);
  await page.getByText("3 devices").waitFor();
  const device = deviceOf("FLOPPY-RPI-00077", "raspberry", null, { state: "registered" });
  double.emit({ event: "device", payload: device });
  await sockets[0]?.close();
  await page.getByText("Floppy’s station stopped answering.").waitFor();
  await page.getByText("4 devices").waitFor();
  await page.getByText("Floppy’s station stopped answering.").waitFor({ state: "detached" });
});

/** Goes through the screens, one after the other; each is looked at as it stands. */
async function throughEveryScreen(
  page: Page,
  double: ReturnType<typeof createBridgeDouble>,
  look: (name: string) => Promise<void>,
) {
  await look("device");
  await page.keyboard.type("FLOPPY-XXX-1");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  await look("device with an error");
  await page.getByLabel("Device serial").fill("");
  await page.getByLabel("Device serial").focus();
  await page.keyboard.type("FLOPPY-RPI-00041");
  await page.keyboard.press("Enter");
  await heading(page, "What is this device for?");
  await look("role");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByText("Free disk").waitFor();
  await look("image, build");
  await page.getByRole("radio", { name: "Local file" }).check();
  await page.getByRole("button", { name: /installer/ }).click();
  await page.getByText("This image takes no identity.").waitFor();
  await look("image, file");
  await page.keyboard.press("Enter");
  await heading(page, /Which card/);
  await look("drive");
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await heading(page, /^Erase/);
  await look("confirm");
  await hold(page, "Enter");
  const run = double.state().runs.at(-1) as Run;
  double.emit({ event: "run", payload: building(run) });
  await page.getByText("212 of 388").first().waitFor();
  await look("building");
  double.emit({ event: "run", payload: transferring(run, "write", 0.2) });
  double.emit({ event: "run", payload: transferring(run, "write", 0.63) });
  await heading(page, "Writing the card");
  await page.keyboard.press("l");
  await page.getByRole("button", { name: "Cancel run" }).click();
  await look("writing, with the log and the cancel question");
  double.emit({ event: "run", payload: failed(run) });
  await heading(page, "Writing failed");
  await look("failed");
  double.emit({ event: "run", payload: finished(run) });
  await heading(page, /is ready/);
  await look("done");
  await page.getByRole("button", { name: "Devices" }).click();
  await look("devices");
  await page.getByRole("button", { name: "FLOPPY-RPI-00040" }).click();
  await page.getByText("No medium was written for it yet.").waitFor();
  await look("device page");
  await page.getByRole("button", { name: "Settings" }).click();
  await look("settings");
}

test.each(["light", "dark"] as const)("every screen passes axe, in %s", async (theme) => {
  const double = createBridgeDouble({
    settings: { ...bench().settings, theme },
    runs: [
      interrupted(cardRun({ serial: "FLOPPY-RPI-00038" })),
      transferring(cardRun({ serial: "FLOPPY-RPI-00037" }), "verify", 0.2),
    ],
  });
  const { page } = await open(double);
  await page.evaluate(axe.source);
  const found: string[] = [];
  await throughEveryScreen(page, double, async (screen) => {
    const { violations } = await page.evaluate(() => Reflect.get(window, "axe").run());
    for (const { id, nodes } of violations)
      for (const node of nodes) found.push(`${screen}: ${id} at ${node.target}`);
  });
  expect(found).toEqual([]);
});

test("at 1024×700 nothing is cut off sideways, and the main act is in sight on every screen", async () => {
  const double = createBridgeDouble();
  const { page } = await open(double, { width: 1024, height: 700 });
  const wrong: string[] = [];
  await throughEveryScreen(page, double, async (screen) => {
    const problems = await page.evaluate(() => {
      const isCut = (element: HTMLElement) => {
        const { overflowX, textOverflow } = getComputedStyle(element);
        if (element.className === "visually-hidden" || overflowX === "visible" || textOverflow === "ellipsis")
          return false;
        return element.clientWidth > 2 && element.scrollWidth > element.clientWidth + 1;
      };
      const isOutOfSight = (element: HTMLElement) => {
        const { right, bottom } = element.getBoundingClientRect();
        return right > window.innerWidth || bottom > window.innerHeight;
      };
      const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
      return [
        ...all("aside, main, main *")
          .filter(isCut)
          .map((element) => `${element.className} is cut`),
        ...all("footer button")
          .filter(isOutOfSight)
          .map((button) => `${button.textContent} is out of sight`),
      ];
    });
    wrong.push(...problems.map((problem) => `${screen}: ${problem}`));
  });
  expect(wrong).toEqual([]);
});
