/** Manifests that minisign signed, each as it was once: what a mirror that hands out an old one can do. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ManifestImage } from "#contract/manifest.ts";
import { createDownloads } from "../../../../src-main/adapters/downloads/downloads.ts";
import { closeMirrors, listed, type Serve, serve } from "../../../support/downloads/mirror.ts";

const never = new AbortController().signal;
const now = new Date("2026-03-02T09:00:00.000Z");
const robot = listed({ url: "https://images.example.org/robot.img" });

type Said = { purpose?: unknown; serial?: unknown; expires?: unknown };
const age = (serial: number, expires = "2026-06-01T00:00:00.000Z") => ({
  purpose: "floppy-images",
  serial,
  expires,
});

let folder: string;
let file: string;
let key: { secret: string; publicKey: string };

async function makeKey(name: string) {
  const [secret, open] = [join(folder, `${name}.key`), join(folder, `${name}.pub`)];
  await execa("minisign", ["-G", "-W", "-f", "-s", secret, "-p", open]);
  return { secret, publicKey: readFileSync(open, "utf8").split("\n")[1] ?? "" };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "floppy-current-"));
  file = join(folder, "images.json");
  key = await makeKey("own");
});

afterEach(async () => {
  await closeMirrors();
  rmSync(folder, { recursive: true, force: true });
});

async function publish(said: Said, { secret } = key, images: ManifestImage[] = [robot]): Promise<void> {
  writeFileSync(file, JSON.stringify({ version: 1, ...said, images }));
  await execa("minisign", ["-S", "-s", secret, "-m", file, "-t", "images of Monday"]);
}

const seenFolder = () => join(folder, "data/manifests");
/** Names of servers lead nowhere, and are asked of nobody. */
const lookup: LookupFunction = (_name, _options, done) =>
  done(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }), "", 4);
const http = { pace: { windowMs: 60_000, leastBytes: 1 }, lookup };
const bench = (at = now) =>
  createDownloads({ folder: join(folder, "data/images"), seenFolder: seenFolder(), now: () => at, http });
const read = (url = file, publicKey: string | null = key.publicKey) =>
  bench().manifest({ url, publicKey }, never);
const refused = (code: string) => expect.objectContaining({ code });

describe("a signed manifest", () => {
  it("tells its serial, and until when it is good", async () => {
    await publish(age(7));
    expect((await read()).signature).toEqual({
      state: "signed",
      comment: "images of Monday",
      current: { serial: 7, expires: "2026-06-01T00:00:00.000Z" },
    });
  });

  it("is refused once a later one was seen, by whatever process and at whatever address", async () => {
    await publish(age(7));
    const old = [file, `${file}.minisig`].map((one) => [one, readFileSync(one)] as const);
    await publish(age(8));
    await read();
    for (const [one, content] of old) writeFileSync(one, content);
    await expect(read()).rejects.toEqual(refused("MANIFEST_OLDER"));
    const server = await serve(files, "/images.json");
    await expect(read(server.url)).rejects.toEqual(refused("MANIFEST_OLDER"));
    await publish(age(9));
    expect(await read(server.url)).toMatchObject({ signature: { current: { serial: 9 } } });
  });

  it("of another key has serials of its own", async () => {
    await publish(age(9));
    await read();
    const other = await makeKey("other");
    await publish(age(1), other);
    expect(await read(file, other.publicKey)).toMatchObject({ signature: { current: { serial: 1 } } });
    await publish(age(8));
    await expect(read()).rejects.toEqual(refused("MANIFEST_OLDER"));
  });

  it("with the serial that was seen is taken as often as it is asked for", async () => {
    await publish(age(7));
    await read();
    await read();
    await publish(age(7), key, [{ ...robot, builtFrom: "3f2a" }]);
    expect(await read()).toMatchObject({ images: [{ builtFrom: "3f2a" }] });
  });

  it("is refused when it has expired, from a file, a server and the copy that was kept", async () => {
    await publish(age(7));
    const server = await serve(files, "/images.json");
    await read(server.url);
    const later = bench(new Date("2026-06-01T00:00:00.000Z"));
    for (const url of [file, server.url])
      await expect(later.manifest({ url, publicKey: key.publicKey }, never)).rejects.toEqual(
        refused("MANIFEST_EXPIRED"),
      );
    await server.close();
    expect((await read(server.url)).kept).not.toBeNull();
    await expect(later.manifest({ url: server.url, publicKey: key.publicKey }, never)).rejects.toEqual(
      refused("MANIFEST_EXPIRED"),
    );
  });

  it("that has expired is none that was seen", async () => {
    await publish(age(9, "2026-01-01T00:00:00.000Z"));
    await expect(read()).rejects.toEqual(refused("MANIFEST_EXPIRED"));
    await publish(age(8));
    expect((await read()).signature).toMatchObject({ current: { serial: 8 } });
  });

  it("as a copy that was kept is refused where a later one was seen elsewhere", async () => {
    await publish(age(7));
    const server = await serve(files, "/images.json");
    await read(server.url);
    await server.close();
    await publish(age(8));
    await read();
    await expect(read(server.url)).rejects.toEqual(refused("MANIFEST_OLDER"));
  });

  it("that was signed for another purpose is refused", async () => {
    await publish({ ...age(7), purpose: "firmware" });
    await expect(read()).rejects.toMatchObject({
      code: "MANIFEST_UNTRUSTED",
      message: expect.stringContaining("another purpose: “firmware”"),
    });
  });

  it("that says a part of it alone is refused", async () => {
    for (const said of [{ serial: 7 }, { purpose: "floppy-images" }, { ...age(7), expires: "soon" }]) {
      await publish(said);
      await expect(read()).rejects.toEqual(refused("MANIFEST_UNTRUSTED"));
    }
    expect(() => readdirSync(seenFolder())).toThrow();
  });
});

describe("a signed manifest of before, which says nothing of its age", () => {
  it("is taken, and does not look like one that does", async () => {
    await publish({});
    expect((await read()).signature).toEqual({ state: "signed", comment: "images of Monday" });
  });

  it("is refused once one with a serial was seen", async () => {
    await publish(age(1));
    await read();
    await publish({});
    await expect(read()).rejects.toMatchObject({ code: "MANIFEST_OLDER", details: { serial: 0, seen: 1 } });
  });
});

describe("going back", () => {
  const goBack = (serial: number, at = now) =>
    bench(at).goBack({ url: file, publicKey: key.publicKey }, serial, never);

  it("takes the very manifest that was named, from then on", async () => {
    await publish(age(9));
    await read();
    await publish(age(7));
    await expect(goBack(6)).rejects.toEqual(refused("MANIFEST_OLDER"));
    expect(await goBack(7)).toMatchObject({ signature: { current: { serial: 7 } } });
    expect(await read()).toMatchObject({ signature: { current: { serial: 7 } } });
    await publish(age(6));
    await expect(read()).rejects.toEqual(refused("MANIFEST_OLDER"));
  });

  it("to one that says nothing of its age forgets what was seen", async () => {
    await publish(age(9));
    await read();
    await publish({});
    await goBack(0);
    expect((await read()).signature).not.toHaveProperty("current");
  });

  it("to one that has expired, or that nobody signed, changes nothing", async () => {
    await publish(age(9));
    await read();
    await publish(age(7));
    await expect(goBack(7, new Date("2027-01-01T00:00:00.000Z"))).rejects.toEqual(
      refused("MANIFEST_EXPIRED"),
    );
    await expect(read()).rejects.toEqual(refused("MANIFEST_OLDER"));
    writeFileSync(file, `${readFileSync(file, "utf8")} `);
    await expect(goBack(7)).rejects.toEqual(refused("MANIFEST_UNTRUSTED"));
    await publish(age(8));
    await expect(read()).rejects.toEqual(refused("MANIFEST_OLDER"));
  });
});

describe("what was seen", () => {
  it("is this user's alone", async () => {
    await publish(age(7));
    await read();
    const modes = [seenFolder(), ...readdirSync(seenFolder()).map((name) => join(seenFolder(), name))].map(
      (path) => (statSync(path).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(["700", "600"]);
  });

  it("that cannot be kept lets nothing be taken on its word", async () => {
    await publish(age(7));
    rmSync(join(folder, "data"), { recursive: true, force: true });
    writeFileSync(join(folder, "data"), "in the way");
    await expect(read()).rejects.toEqual(refused("FILE_UNWRITABLE"));
  });

  it("does not concern who asks for no signature", async () => {
    await publish(age(9));
    await read();
    await publish({ ...age(1, "2020-01-01T00:00:00.000Z"), purpose: "firmware" });
    expect((await read(file, null)).signature).toEqual({ state: "unsigned" });
  });
});

describe("a manifest from elsewhere", () => {
  /** What a server far away once sent, as it is kept for when that is gone. */
  async function keptOf(images: ManifestImage[], url = "https://images.invalid/images.json") {
    const server = await serve(files, "/images.json");
    writeFileSync(file, JSON.stringify({ version: 1, images }));
    await read(server.url, null);
    const nameOf = (of: string) =>
      `manifest-${createHash("sha256").update(of).digest("hex").slice(0, 16)}.json`;
    const cache = join(folder, "data/images");
    writeFileSync(join(cache, nameOf(url)), readFileSync(join(cache, nameOf(server.url))));
    return bench().manifest({ url, publicKey: null }, never);
  }
  const near = (url: string) => ({ ...robot, target: "raspberry-dev", urls: [robot.urls[0] ?? "", url] });

  it.each([
    "http://127.0.0.1:8080/robot.img",
    "https://localhost/robot.img",
    "https://mirror.localhost/robot.img",
    "https://[::1]/robot.img",
    "https://[::ffff:127.0.0.1]/robot.img",
    "https://169.254.169.254/latest/meta-data",
    "https://[fe80::1]/robot.img",
    "https://0.0.0.0/robot.img",
    "https://[::]/robot.img",
  ])("may not name %s", async (url) => {
    const found = await keptOf([robot, near(url)]);
    expect(found.images.map(({ target }) => target)).toEqual(["raspberry-robot"]);
    expect(found.skipped).toEqual([expect.stringMatching(/^raspberry-dev: .*this computer/)]);
    await expect(keptOf([near(url)])).rejects.toEqual(refused("MANIFEST_UNTRUSTED"));
  });

  it("may name what is on the same network; one from this computer may name itself", async () => {
    expect((await keptOf([{ ...robot, urls: ["https://192.168.1.4/robot.img"] }])).images).toHaveLength(1);
    writeFileSync(file, JSON.stringify({ version: 1, images: [near("http://127.0.0.1:8080/robot.img")] }));
    expect((await read(file, null)).images).toHaveLength(1);
    const server = await serve(files, "/images.json");
    expect((await read(server.url, null)).images).toHaveLength(1);
  });
});

/** Serves the manifest and what lies beside it. */
const files: Serve = ({ url = "" }, response) => {
  const found = readdirSync(folder).find((name) => url === `/${name}`);
  if (found) response.end(readFileSync(join(folder, found)));
  else response.writeHead(404).end();
};
