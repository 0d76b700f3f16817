/** Debian's Chromium, driven by Playwright, in the place of Electron's own. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright";
import { debianChromium } from "../../../support/chromium.ts";

const profile = mkdtempSync(join(tmpdir(), "floppy-stand-in-"));

process.on("exit", () => rmSync(profile, { recursive: true, force: true }));

export const browser: Promise<BrowserContext> = chromium.launchPersistentContext(profile, {
  ...debianChromium,
  args: [...debianChromium.args, "--remote-debugging-port=0"],
  handleSIGINT: false,
  handleSIGTERM: false,
});

/** Where the test itself reaches the same browser. */
export async function debuggingAddress(): Promise<string> {
  await browser;
  const [port] = readFileSync(join(profile, "DevToolsActivePort"), "utf8").split("\n");
  return `http://127.0.0.1:${port}`;
}

export async function closeBrowser() {
  await (await browser).close();
}
