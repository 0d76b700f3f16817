import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { type Browser, chromium, type Page } from "playwright";
import sirv from "sirv";
import { build } from "vite";
import type { BridgeDouble } from "./bridge-double.ts";

/** The policy that both doors serve the page with, but for `connect-src`. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const offline = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

export type RendererHost = {
  browser: Browser;
  address: string;
  close(): Promise<void>;
};

/** Builds the renderer, serves it under its policy on loopback, and starts Chromium. */
export async function hostRenderer(): Promise<RendererHost> {
  const outDir = await mkdtemp(join(tmpdir(), "floppy-renderer-"));
  await build({
    configFile: false,
    root: resolve(import.meta.dirname, "../../src-renderer"),
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
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [...quiet, ...offline],
  });
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

type Size = { width: number; height: number };

export type OpenPage = {
  page: Page;
  /** What the page complained about: exceptions, console errors, broken policy. */
  complaints: string[];
};

/** A page whose `window.floppy` is the double: the preload's API, answered from the test. */
export async function openWith(
  host: RendererHost,
  double: BridgeDouble,
  viewport: Size = { width: 1280, height: 800 },
): Promise<OpenPage> {
  const context = await host.browser.newContext({ viewport, locale: "en-GB", timezoneId: "UTC" });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
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
      .catch((error) => complaints.push(String(error)));
  });
  await page.goto(host.address);
  return { page, complaints };
}
