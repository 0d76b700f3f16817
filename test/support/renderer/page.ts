import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import react from "@vitejs/plugin-react";
import type { Browser, Page } from "playwright";
import sirv from "sirv";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launchChromium } from "../chromium.ts";
import { type BridgeDouble, createBridgeDouble } from "./bridge-double.ts";
import { heading } from "./hands.ts";

/** The policy that both doors serve the page with, but for `connect-src`. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

type RendererHost = {
  browser: Browser;
  address: string;
  close(): Promise<void>;
};

/** Builds the renderer, serves it under its policy on loopback, and starts Chromium. */
async function hostRenderer(): Promise<RendererHost> {
  const outDir = await mkdtemp(join(tmpdir(), "floppy-renderer-"));
  await build({
    configFile: false,
    root: resolve(import.meta.dirname, "../../../src-renderer"),
    plugins: [react()],
    logLevel: "warn",
    build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 1000 },
  });
  const serve = sirv(outDir);
  const server = createServer((request, response) => {
    response.setHeader("Content-Security-Policy", policy);
    serve(request, response, () => {
      response.writeHead(404).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const browser = await launchChromium();
  return {
    browser,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      await browser.close();
      await new Promise((closed) => server.close(closed));
      await rm(outDir, { recursive: true });
    },
  };
}

/** Makes the double the page's `window.floppy`: the preload's API, answered from the test. */
async function connect(page: Page, double: BridgeDouble, complain: (text: string) => void) {
  await page.exposeFunction("floppyCall", double.call);
  await page.addInitScript(() => {
    const listeners = new Set<(notification: unknown) => void>();
    const call = Reflect.get(window, "floppyCall");
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      console.error(`The policy forbids ${violatedDirective} ${blockedURI}`),
    );
    Reflect.set(window, "floppyEmit", (notification: unknown) => {
      for (const listener of listeners) listener(notification);
    });
    Reflect.set(window, "floppy", {
      call,
      subscribe(listener: (notification: unknown) => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    });
  });
  double.subscribe((notification) => {
    page
      .evaluate((sent) => Reflect.get(window, "floppyEmit")(sent), notification)
      .catch((error) => complain(String(error)));
  });
}

/**
 * Gives the tests of a file the renderer in Chromium, each a page of its own. A page that complained
 * (an exception, a console error, a broken policy) fails its test.
 */
export function setUpRenderer() {
  let host: RendererHost;
  let complaints: string[] = [];

  beforeAll(async () => {
    host = await hostRenderer();
  });
  afterAll(() => host?.close());
  afterEach(async () => {
    const told = complaints;
    complaints = [];
    expect(told).toEqual([]);
    for (const context of host.browser.contexts()) await context.close();
  });

  async function open(double = createBridgeDouble(), viewport = { width: 1280, height: 800 }) {
    const context = await host.browser.newContext({ viewport, locale: "en-GB", timezoneId: "UTC" });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const mine: string[] = [];
    complaints = mine;
    const complain = (text: string) => mine.push(text);
    page.on("pageerror", (error) => complain(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") complain(message.text());
    });
    await connect(page, double, complain);
    await page.goto(host.address);
    await heading(page, "Which device is this?");
    return { page, double };
  }

  /** A page without anybody behind it, and the renderer's address. */
  async function bare() {
    const context = await host.browser.newContext();
    return { page: await context.newPage(), address: host.address };
  }

  return { open, bare };
}
