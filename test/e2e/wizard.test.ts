import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { execa } from "execa";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HOST_KEY_PATH, HOST_KEY_PUBLIC_PATH, IDENTITY_PATH, mediumIdentity } from "#contract/identity.ts";
import type { Image } from "#contract/images.ts";
import { compareCard, readCardFile } from "../support/card.ts";
import { launchChromium } from "../support/chromium.ts";
import { type Bench, createBench, type StationProcess } from "../support/station-process.ts";
import { holdEraseAndFlash, provisionUpToConfirm } from "../support/wizard.ts";

const admin = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0mCwS0uVYd8uI3pQMpY9O2qkMBuJ0w0H4TnF2rS9Cx admin@bench";
const wifi = { ssid: "bench", passphrase: "correct horse" };

let bench: Bench;
let station: StationProcess;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  bench = await createBench({ authorizedKeys: [admin], wifi });
  station = await bench.start();
  browser = await launchChromium();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(station.url);
});

afterAll(async () => {
  await browser?.close();
  await station?.stop();
  await bench?.remove();
});

function query(sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(bench.folder, "inventory.sqlite"), { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

describe("from a serial and a role to a verified card", () => {
  const serial = "FLOPPY-RPI-00001";
  let drive: string;
  let image: Image;

  it("is driven through the wizard", async () => {
    drive = await provisionUpToConfirm(page, { serial, role: "robot" });
    await holdEraseAndFlash(page);
    await page.getByRole("heading", { name: `${serial} is ready` }).waitFor();
  });

  it("leaves the status in the database", () => {
    const [device] = query(`select * from devices where serial = '${serial}'`);
    expect(device).toMatchObject({
      state: "flashed",
      host: "raspberry",
      role: "robot",
      hostname: "floppy-rpi-00001",
    });
    const [run] = query(`select * from runs where serial = '${serial}'`);
    image = JSON.parse(String(run?.image));
    expect(image.provenance).toMatchObject({
      source: "nix",
      attribute: "images.raspberry-robot",
      drvPath: expect.stringMatching(/\.drv$/),
      narHash: expect.stringMatching(/^sha256-/),
    });
  });

  it("leaves the card equal to the image with the identity in it, byte for byte", async () => {
    await expect(compareCard(drive, image)).resolves.toBe("equal");
  });

  it("leaves an identity that mtools reads back", async () => {
    const identity = mediumIdentity.parse(JSON.parse(await readCardFile(drive, image, IDENTITY_PATH)));
    expect(identity).toMatchObject({
      serial,
      host: "raspberry",
      role: "robot",
      hostname: "floppy-rpi-00001",
      authorizedKeys: [admin],
      wifi,
    });
    expect(query(`select id from runs`)).toEqual([{ id: identity.runId }]);
  });

  it("leaves a host key whose public half is in the inventory", async () => {
    const [device] = query(`select * from devices where serial = '${serial}'`);
    const publicKey = await readCardFile(drive, image, HOST_KEY_PUBLIC_PATH);
    expect(publicKey.trim()).toBe(device?.host_key);
    const privateKey = await readCardFile(drive, image, HOST_KEY_PATH);
    const { stdout } = await execa({
      input: privateKey,
    })`sh -c ${"umask 077; k=$(mktemp); cat > $k; ssh-keygen -y -f $k; rm $k"}`;
    expect(publicKey).toContain(stdout.split(" ")[1]);
  });

  it("tells no secret in the journal, the log or the database", async () => {
    const privateKey = await readCardFile(drive, image, HOST_KEY_PATH);
    const secret = privateKey.split("\n")[2] ?? "";
    const database = await readFile(join(bench.folder, "inventory.sqlite"), "latin1");
    const journal = await readFile(join(bench.folder, "inventory.sqlite-wal"), "latin1").catch(() => "");
    expect(database + journal).not.toContain(secret);
    expect(database + journal).not.toContain(wifi.passphrase);
  });
});
