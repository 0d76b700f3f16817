import { type Browser, chromium } from "playwright";

const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const offline = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Debian's Chromium, headless, that asks nothing of the network by itself. */
export const debianChromium = { executablePath: "/usr/bin/chromium", args: [...quiet, ...offline] };

export function launchChromium(): Promise<Browser> {
  return chromium.launch(debianChromium);
}
