/** The whole way of a laptop, in machines that start: from the stick that Floppy wrote to the device that confirms itself. */
import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { freePort, startSshd } from "../support/ssh/sshd.ts";
import { startStation } from "../support/station-process.ts";
import { expectDone, isAt, openAt, serial } from "./floppy.ts";
import { expectDisk, expectRunning, expectStickWiped } from "./installed.ts";
import { OWN, setUpLaptop } from "./laptop.ts";

const AT_MOST_MS = 500_000;
const laptop = setUpLaptop();
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** What a person does with the machine's run, from its first screen to its last. */
async function installByWizard(url: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(AT_MOST_MS);
  const heading = (name: string) => page.getByRole("heading", { name }).waitFor();
  await page.goto(url);
  await page.getByRole("button", { name: "Go on" }).click();
  await heading("Boot the machine from the stick");
  await page.getByLabel("Its address").fill(`127.0.0.1:${laptop.target().sshPort()}`);
  await page.keyboard.press("Enter");
  await heading("Which disk becomes the system?");
  await page.getByRole("radio", { name: /Lab Disk/ }).check();
  await page.getByText("Windows").first().waitFor();
  await page.getByLabel(/last four of its serial/).fill(OWN.slice(-4));
  await page.keyboard.press("Enter");
  await heading(`${serial} is provisioned`);
  await page.close();
}

describe("a laptop that was booted from its stick", () => {
  it("becomes, by the wizard, the device that was meant, on the disk that was chosen, and leaves no secret on the stick", async () => {
    await laptop.begin();
    const dataFolder = await laptop.bench().copyData();
    const station = await startStation(dataFolder, laptop.bench().env);
    await installByWizard(station.url).finally(station.stop);

    const { floppy, close } = await openAt(dataFolder, laptop.bench().runId);
    const { device, runs } = await floppy.handlers["devices.show"]({ serial }).finally(close);
    const [run] = runs;
    if (!run) throw new Error("the device has no run");
    expectDone(run);
    await expectRunning(laptop.bench(), laptop.target(), run, device);
    await expectDisk(laptop.bench(), laptop.target());
    await expectStickWiped(laptop.bench(), laptop.target());
    expect(await laptop.otherIsUntouched()).toBe(true);
  });

  it("is not touched where another machine answers at its address", async () => {
    await laptop.begin();
    const stranger = await startSshd();
    const { floppy, until, ended } = laptop.opened();
    await laptop.follow();
    await until("the boot question", isAt("boot"));
    const address = `127.0.0.1:${stranger.address.port}`;
    await floppy.handlers["runs.aim"]({ runId: laptop.bench().runId, address });
    const { status } = await ended();
    expect(status).toMatchObject({ phase: "reach", error: { code: "HOST_KEY_WRONG" } });
    await stranger.stop();
  });

  it("is said not to answer where nothing listens", async () => {
    await laptop.begin({ reachMs: 1000 });
    const { floppy, until, ended } = laptop.opened();
    await laptop.follow();
    await until("the boot question", isAt("boot"));
    const address = `127.0.0.1:${await freePort()}`;
    await floppy.handlers["runs.aim"]({ runId: laptop.bench().runId, address });
    expect((await ended()).status).toMatchObject({ error: { code: "TARGET_UNREACHABLE" } });
  });
});
