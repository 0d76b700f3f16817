import { spawn } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

function pageThatLeadsTo(url: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${url}">
<title>Floppy station</title>
<a href="${url}">Floppy</a>
</html>
`;
}

const complain = () => console.error("No browser could be opened here: open the address yourself.");

const pageIn = (folder: string) => join(folder, "station.html");

/** Takes away what the browser was given. */
export async function forgetAddress(folder: string): Promise<void> {
  await rm(pageIn(folder), { force: true });
}

/**
 * Opens the system's browser at an address that holds a secret. Every user of the machine can read the arguments of
 * its processes, so the browser is given a page that only this user can read, and that leads there.
 */
export async function openBrowser(url: string, folder: string): Promise<void> {
  const page = pageIn(folder);
  try {
    // What lies there has a mode of its own, and may be a link.
    await forgetAddress(folder);
    await writeFile(page, pageThatLeadsTo(url), { mode: 0o600, flag: "wx" });
    const browser = spawn("xdg-open", [pathToFileURL(page).href], { stdio: "ignore", detached: true });
    browser.on("error", complain);
    browser.unref();
  } catch {
    complain();
  }
}
