/** The station's page in a browser, beside pages that would be it. */

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchChromium } from "../../support/chromium.ts";
import { bench as benchState } from "../../support/renderer/bench-data.ts";
import { openStationBench, type StationBench } from "../../support/station-bench.ts";

const rendererFolder = join(import.meta.dirname, "../../../out/renderer");

let browser: Browser;
let bench: StationBench;
let context: BrowserContext;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

beforeEach(async () => {
  bench = await openStationBench({ rendererFolder });
  bench.fake.answer("app.state", async () => benchState());
  context = await browser.newContext();
});
afterEach(async () => {
  await context.close();
  await bench.remove();
});

async function openPage(url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

const isIn = (page: Page) => page.getByText("Which device is this?").waitFor();
const isOut = (page: Page) => page.getByText("This browser is not let in").first().waitFor();
const heldBy = (page: Page) => page.evaluate(() => JSON.stringify({ ...localStorage }) + document.cookie);

it("is let in by the address, which loses its token, and stays in when it is loaded again", async () => {
  const page = await openPage(bench.station.url);
  await isIn(page);
  expect(page.url()).toBe(`${new URL(bench.station.url).origin}/`);
  await page.reload();
  await isIn(page);
  await isIn(await openPage(new URL("/", bench.station.url).href));
});

it("reads one snapshot at each load", async () => {
  await isIn(await openPage(bench.station.url));
  expect(bench.fake.received.filter(({ name }) => name === "app.state")).toHaveLength(1);
});

it("that was not let in says so, and how to be", async () => {
  const page = await openPage(new URL("/?token=guess", bench.station.url).href);
  await isOut(page);
  await page.getByText(`kill -USR2 ${process.pid}`).waitFor();
  expect(bench.fake.received).toEqual([]);
});

describe("signing out everywhere in Settings", () => {
  it("shows every browser the door, and the announced address lets one in again", async () => {
    const page = await openPage(bench.station.url);
    await isIn(page);
    const other = await (await browser.newContext()).newPage();
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Let in another browser" }).click();
    await other.goto((await page.locator("code", { hasText: "token=" }).textContent()) ?? "");
    await isIn(other);

    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await Promise.all([isOut(page), isOut(other)]);
    await other.reload();
    await isOut(other);
    await other.context().close();
    await page.goto(bench.announced[0] ?? "");
    await isIn(page);
  });
});

it.each(["light", "dark"] as const)("what only a browser shows passes axe, in %s", async (colorScheme) => {
  const troubles = async (page: Page) => {
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => Reflect.get(window, "axe").run());
    return violations;
  };
  const page = await openPage(bench.station.url);
  await page.emulateMedia({ colorScheme });
  await isIn(page);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Let in another browser" }).click();
  await page.locator("code", { hasText: "token=" }).waitFor();
  expect(await troubles(page)).toEqual([]);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await isOut(page);
  expect(await troubles(page)).toEqual([]);
});

describe("a page on another port of this machine", () => {
  let stranger: Server;
  let asked: IncomingMessage[];

  beforeEach(async () => {
    asked = [];
    stranger = createServer((request, response) => {
      asked.push(request);
      response.setHeader("Content-Type", "text/html").end("<title>stranger</title>");
    }).listen(0, "127.0.0.1");
    await once(stranger, "listening");
  });
  afterEach(() => {
    stranger.closeAllConnections();
    stranger.close();
  });

  const strangerAt = (host: string) => `http://${host}:${(stranger.address() as AddressInfo).port}/`;

  it.each(["127.0.0.1", "localhost"])("of %s is sent nothing that would let it in", async (host) => {
    const page = await openPage(bench.station.url);
    await isIn(page);
    const { secret } = JSON.parse(
      await page.evaluate(() => JSON.stringify({ secret: localStorage["floppy.session"] })),
    );
    expect(secret).toMatch(/^[\w-]{43}$/);
    await page.goto(strangerAt(host));
    expect(JSON.stringify(asked.map(({ headers, url }) => ({ headers, url })))).not.toContain(secret);
    expect(asked.map(({ headers }) => headers.cookie)).toEqual(asked.map(() => undefined));
    expect(await heldBy(page)).toBe("{}");
  });

  it("neither asks, connects, frames nor reads", async () => {
    await isIn(await openPage(bench.station.url));
    const page = await openPage(strangerAt("127.0.0.1"));
    const origin = new URL(bench.station.url).origin;
    const attempts = await page.evaluate(async (station) => {
      const outcome = (act: Promise<string>) => act.catch(() => "refused");
      const asked = (init: RequestInit) =>
        outcome(fetch(`${station}/session`, init).then((answer) => String(answer.status)));
      const connected = () =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(`${station.replace("http", "ws")}/api`, ["floppy", "guess"]);
          socket.onopen = () => resolve("open");
          socket.onerror = () => resolve("refused");
        });
      const opened = window.open(`${station}/`);
      const frame = document.createElement("iframe");
      frame.src = `${station}/`;
      const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
      document.body.append(frame);
      await loaded;
      const reach = (other: Window | null) =>
        outcome((async () => String(other?.localStorage["floppy.session"] ?? "refused"))());
      return [
        await asked({ credentials: "include" }),
        await asked({ method: "DELETE", credentials: "include" }),
        await asked({ method: "POST", credentials: "include", mode: "no-cors" }),
        await connected(),
        await reach(opened),
        await reach(frame.contentWindow),
      ];
    }, origin);
    // An answer that it may not see has the status 0.
    expect(attempts).toEqual(["refused", "refused", "refused", "refused", "refused", "refused"]);
    expect(bench.announced).toEqual([]);
  });
});
