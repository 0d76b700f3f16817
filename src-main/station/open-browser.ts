import { spawn } from "node:child_process";
import { open, rm } from "node:fs/promises";
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

async function writeForOwner(path: string, text: string): Promise<void> {
  // What lies there has a mode of its own, and may be a link.
  await rm(path, { force: true });
  const file = await open(path, "wx", 0o600);
  try {
    // Some file systems know no modes; everybody could read what is written there.
    if (((await file.stat()).mode & 0o077) !== 0) throw new Error(`${path} is open to other users.`);
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

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
    await writeForOwner(page, pageThatLeadsTo(url));
    const browser = spawn("xdg-open", [pathToFileURL(page).href], { stdio: "ignore", detached: true });
    browser.on("error", complain);
    browser.unref();
  } catch {
    complain();
  }
}
