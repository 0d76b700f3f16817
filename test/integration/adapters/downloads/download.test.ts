import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { connect, type LookupFunction, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ManifestImage } from "#contract/manifest.ts";
import { createDownloads } from "../../../../src-main/adapters/downloads/downloads.ts";
import type { HttpOptions } from "../../../../src-main/adapters/downloads/http.ts";
import {
  closeMirrors,
  droppedAfter,
  ETAG,
  image,
  listed,
  type Serve,
  serve,
  whole,
} from "../../../support/downloads/mirror.ts";

const MIB = 1024 ** 2;
const never = new AbortController().signal;
/** No machine is so slow that it would look like a stall. */
const patient = { pace: { windowMs: 60_000, leastBytes: 1 } };
/** A second is enough for whoever gives anything at all. */
const strict = { pace: { windowMs: 1000, leastBytes: 64 * 1024 } };

let folder: string;
let logged: string[];
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "floppy-downloads-"));
  logged = [];
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await closeMirrors();
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const observe = { progress: () => undefined, log: (_level: string, text: string) => void logged.push(text) };

function download(what: ManifestImage, signal = never, http: HttpOptions = patient) {
  return createDownloads({ folder, http, pausesMs: [0] }).image(what, observe, signal);
}

const isImage = (path: string) => readFileSync(path).equals(image);
const parts = () => readdirSync(folder).filter((name) => name.endsWith(".part"));

describe("a download", () => {
  it("is the file of the manifest, and needs no network the next time", async () => {
    const mirror = await serve(whole());
    const path = await download(listed(mirror));
    expect(isImage(path)).toBe(true);
    expect(parts()).toEqual([]);
    await mirror.close();
    expect(await download(listed(mirror))).toBe(path);
    expect(mirror.asked).toHaveLength(1);
  });

  it("tells how far it is, up to the end", async () => {
    const seen: number[] = [];
    const progress = ({ position }: { position: number }) => void seen.push(position);
    const downloads = createDownloads({ folder, http: patient });
    await downloads.image(listed(await serve(whole())), { ...observe, progress }, never);
    expect([seen[0], seen.at(-1)]).toEqual([0, image.length]);
  });

  it("goes on where the connection was lost, if the file is still the same", async () => {
    const mirror = await serve((request, response, nth) =>
      (nth === 1 ? droppedAfter(MIB) : whole())(request, response, nth),
    );
    expect(isImage(await download(listed(mirror)))).toBe(true);
    expect(mirror.asked[1]).toMatchObject({
      range: expect.stringMatching(/^bytes=[1-9]\d*-$/),
      "if-range": ETAG,
    });
  });

  it("begins anew where the file was changed meanwhile", async () => {
    const mirror = await serve((request, response, nth) =>
      (nth === 1 ? droppedAfter(MIB) : whole(image, '"second"'))(request, response, nth),
    );
    expect(isImage(await download(listed(mirror)))).toBe(true);
    expect(mirror.asked).toHaveLength(2);
  });

  it("begins anew where a server knows no ranges", async () => {
    const mirror = await serve((request, response, nth) => {
      if (nth === 1) return droppedAfter(MIB)(request, response, nth);
      response.end(image);
    });
    expect(isImage(await download(listed(mirror)))).toBe(true);
  });

  it("goes on at the next mirror with what the one before gave, and says why", async () => {
    const first = await serve((request, response, nth) => {
      if (nth === 1) return droppedAfter(MIB)(request, response, nth);
      response.writeHead(503).end();
    });
    const second = await serve(whole());
    expect(isImage(await download(listed(first, second)))).toBe(true);
    expect(second.asked[0]?.range).toMatch(/^bytes=[1-9]/);
    expect(logged).toContainEqual(expect.stringContaining("it answers 503"));
  });

  it("forgets a beginning that turns out to be another file's", async () => {
    const other = await serve((_request, response, nth) => {
      if (nth > 1) return void response.writeHead(404).end();
      response.writeHead(200, { "content-length": image.length });
      response.write(Buffer.alloc(MIB), () => response.destroy());
    });
    const good = await serve(whole());
    expect(isImage(await download(listed(other, good)))).toBe(true);
    expect(good.asked).toHaveLength(2);
    expect(good.asked[1]?.range).toBeUndefined();
  });

  it("follows a redirect", async () => {
    const good = await serve(whole());
    const mirror = await serve((_request, response) => {
      response.writeHead(302, { location: good.url }).end();
    });
    expect(isImage(await download(listed(mirror)))).toBe(true);
  });
});

const flipped = Buffer.from(image);
flipped[MIB] = (flipped[MIB] ?? 0) ^ 1;

const bad: [what: string, how: Serve, reason: string][] = [
  ["other bytes", whole(flipped), "the SHA-256 differs"],
  ["a longer file", whole(Buffer.concat([image, Buffer.alloc(1)])), `has ${image.length + 1} bytes`],
  ["a shorter file", whole(image.subarray(1)), `has ${image.length - 1} bytes`],
  [
    "more than it said, without end",
    (_request, response) => {
      response.writeHead(200);
      const more = () => response.write(Buffer.alloc(MIB), (failed) => failed ?? more());
      more();
    },
    "sends more than",
  ],
  ["less than it said", droppedAfter(1000), "the connection broke off"],
  [
    "an end before the end",
    (_request, response) => {
      response.write(image.subarray(0, 1000));
      response.end();
    },
    "ended before",
  ],
  ["nothing, and keeps the line", () => undefined, "it stalled"],
  [
    "a trickle",
    (_request, response) => {
      response.writeHead(200, { "content-length": image.length });
      const timer = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(timer));
    },
    "it stalled",
  ],
  ["a file that is packed on the way", packed, "packs the file once more"],
  ["an error", (_request, response) => void response.writeHead(500).end(), "it answers 500"],
  ["no file", (_request, response) => void response.writeHead(404).end(), "it answers 404"],
  ["a redirect to itself", sentTo("/robot.img"), "in circles"],
  ["a redirect to plain HTTP", sentTo("http://images.example.org/robot.img"), "not fetched"],
  ["a redirect to a file", sentTo("file:///etc/passwd"), "not fetched"],
];

function packed(...[, response]: Parameters<Serve>) {
  response.writeHead(200, { "content-encoding": "gzip" });
  response.end(gzipSync(image));
}

function page(...[, response]: Parameters<Serve>) {
  response.write("<html>".repeat(2000));
  response.end();
}

/** The right bytes, under headers that say something else of them. */
function disguised(headers: OutgoingHttpHeaders): Serve {
  return (_request, response) => {
    response.writeHead(200, headers);
    response.end(image);
  };
}

/** Breaks off once, and hands out the rest under these headers. */
function restAs(status: number, headers: (start: number) => OutgoingHttpHeaders): Serve {
  return (request, response, nth) => {
    const [, start] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
    if (nth === 1) return droppedAfter(MIB)(request, response, nth);
    if (start === undefined) return whole()(request, response, nth);
    response.writeHead(status, headers(Number(start)));
    response.end(status === 206 ? image.subarray(Number(start)) : "");
  };
}

describe("bytes that are right are taken, whatever is said of them:", () => {
  it.each<[string, Serve]>([
    ["an encoding of old servers, as .gz files get", disguised({ "content-encoding": "x-gzip" })],
    [
      "an encoding, with their length",
      disguised({ "content-encoding": "gzip", "content-length": image.length }),
    ],
    ["an encoding that nobody knows", disguised({ "content-encoding": "aws-chunked" })],
    ["a text", disguised({ "content-type": "text/html; charset=utf-8" })],
    ["a weak tag", disguised({ etag: 'W/"other"' })],
    [
      "a rest of a file of another size",
      restAs(206, (start) => ({ "content-range": `bytes ${start}-${image.length - 1}/${image.length + 9}` })),
    ],
    [
      "a rest without a word of where it begins",
      restAs(206, (start) => ({ "content-length": image.length - start })),
    ],
    [
      "a packed rest",
      restAs(206, (start) => ({
        "content-range": `bytes ${start}-${image.length - 1}/${image.length}`,
        "content-encoding": "x-gzip",
      })),
    ],
    ["no rest, but all of it", restAs(416, () => ({ "content-range": `bytes */${image.length}` }))],
    ["another part, and all of it when asked", restAs(206, () => ({ "content-range": "bytes 7-9/10" }))],
  ])("%s", async (_what, how) => {
    expect(isImage(await download(listed(await serve(how))))).toBe(true);
  });

  it("asks for the bytes as they are", async () => {
    const mirror = await serve(whole());
    await download(listed(mirror));
    expect(mirror.asked[0]?.["accept-encoding"]).toBe("identity");
  });
});

describe("a drive is begun", () => {
  const content = { format: "zst", sizeBytes: 1, contentHash: "0", firmware: null } as const;
  const zst = Buffer.concat([Buffer.from("28b52ffd", "hex"), image.subarray(4)]);
  const announced = (...mirrors: { url: string }[]) => ({
    ...listed(...mirrors),
    sha256: createHash("sha256").update(zst).digest("hex"),
    content,
  });

  async function begunWith(...hows: Serve[]) {
    const begun = vi.fn();
    const mirrors = await Promise.all(hows.map((how) => serve(how)));
    const downloads = createDownloads({ folder, http: patient, pausesMs: [0] });
    const downloading = downloads.image(announced(...mirrors), { ...observe, begun }, never);
    return { begun, path: await downloading.catch((error: Error) => error) };
  }

  it("when the first bytes are those of the format that the manifest names", async () => {
    const { begun, path } = await begunWith(whole(zst));
    expect(begun).toHaveBeenCalledOnce();
    expect(readFileSync(String(path)).equals(zst)).toBe(true);
  });

  it.each<[string, Serve, string]>([
    ["is packed on the way", packed, "packs the file once more"],
    ["is a page of a hotspot", page, "does not begin as"],
    ["has another length", whole(zst.subarray(1)), `has ${zst.length - 1} bytes`],
    ["is not there", (_request, response) => void response.writeHead(404).end(), "404"],
  ])("never with what %s", async (_what, how, reason) => {
    const alone = await begunWith(how);
    expect(alone.begun).not.toHaveBeenCalled();
    expect(alone.path).toMatchObject({ code: "DOWNLOAD_FAILED", message: expect.stringContaining(reason) });
    expect(alone.path).toMatchObject({ hint: expect.stringContaining("Nothing was written") });
    const { begun, path } = await begunWith(how, whole(zst));
    expect(begun).toHaveBeenCalledOnce();
    expect(readFileSync(String(path)).equals(zst)).toBe(true);
  });
});

function sentTo(location: string): Serve {
  return (_request, response) => void response.writeHead(302, { location }).end();
}

const paceFor = (reason: string) => (reason === "it stalled" ? strict : patient);

describe("a mirror that gives", () => {
  it.each(bad)("%s is left for the next one", async (_what, how, reason) => {
    const [worse, good] = [await serve(how), await serve(whole())];
    expect(isImage(await download(listed(worse, good), never, paceFor(reason)))).toBe(true);
    expect(logged.join("\n")).toContain(reason);
  });

  it.each(bad)("%s is named where there is no other", async (_what, how, reason) => {
    const mirror = await serve(how);
    await expect(download(listed(mirror), never, paceFor(reason))).rejects.toMatchObject({
      code: "DOWNLOAD_FAILED",
      message: expect.stringContaining(reason),
      details: { mirrors: [{ url: mirror.url, reason: expect.stringContaining(reason) }] },
    });
    expect(readdirSync(folder).filter((name) => !name.endsWith(".part"))).toEqual([]);
  });

  it("another part than it was asked for is left, too", async () => {
    const mirror = await serve((request, response, nth) => {
      if (nth === 1) return droppedAfter(MIB)(request, response, nth);
      response.writeHead(206, { "content-range": `bytes 0-${image.length - 1}/${image.length}` });
      response.end(image);
    });
    await expect(download(listed(mirror))).rejects.toThrow("another part of the file");
  });
});

/** A proxy that leads every tunnel to one port of this machine. */
async function serveProxy(port: number) {
  const connected: string[] = [];
  const proxy = await serve(() => undefined, "");
  proxy.server.on("connect", ({ url }: IncomingMessage, socket: Socket) => {
    connected.push(url ?? "");
    const onward = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    socket.on("error", () => onward.destroy());
    onward.on("error", () => socket.destroy());
  });
  return { proxy, connected };
}

describe("HTTPS", () => {
  async function certificate(of = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]) {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    await execa("openssl", ["req", "-x509", ...curve, "-keyout", key, "-out", cert, "-days", "1", ...of]);
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  }

  it("is taken where the certificate is vouched for, and never led back to plain HTTP", async () => {
    const own = await certificate();
    const secure = await serve(whole(), "/robot.img", own);
    const http = { ...patient, authorities: own.cert };
    expect(isImage(await download(listed(secure), never, http))).toBe(true);
    rmSync(folder, { recursive: true });
    const plain = await serve(whole());
    const leading = await serve(sentTo(plain.url), "/robot.img", own);
    await expect(download(listed(leading), never, http)).rejects.toThrow("not fetched");
    expect(plain.asked).toEqual([]);
  });

  it("goes through the proxy that the environment names, and asks it for nothing near", async () => {
    const own = await certificate(["-subj", "/CN=far", "-addext", "subjectAltName=DNS:images.example.org"]);
    const secure = await serve(whole(), "/robot.img", own);
    const { proxy, connected } = await serveProxy(Number(new URL(secure.url).port));
    vi.stubEnv("HTTPS_PROXY", proxy.url);
    expect(isImage(await download(listed(far), never, { ...patient, authorities: own.cert }))).toBe(true);
    expect(connected).toEqual(["images.example.org:443"]);
    rmSync(folder, { recursive: true });
    await expect(download(listed(secure))).rejects.toThrow(/certificate/);
    expect(connected).toHaveLength(1);
  });

  const far = { url: "https://images.example.org/robot.img" };
  const farName = ["-subj", "/CN=far", "-addext", "subjectAltName=DNS:images.example.org,IP:127.0.0.1"];

  it.each([
    "https://127.0.0.1:9",
    "https://localhost:9",
    "https://[::1]:9",
    "https://[::ffff:127.0.0.1]:9",
    "https://169.254.169.254",
  ])("from elsewhere is not led to this computer: %s", async (base) => {
    const own = await certificate(farName);
    const near = await serve(whole(), "/robot.img", own);
    const at = new URL("/robot.img", base.replace(":9", `:${new URL(near.url).port}`)).href;
    const leading = await serve(sentTo(at), "/robot.img", own);
    const { proxy } = await serveProxy(Number(new URL(leading.url).port));
    vi.stubEnv("HTTPS_PROXY", proxy.url);
    const http = { ...patient, authorities: own.cert };
    await expect(download(listed(far), never, http)).rejects.toThrow("this computer or of its own link");
    expect(near.asked).toEqual([]);
  });

  it("from elsewhere is not asked for where its name leads to this computer", async () => {
    const own = await certificate(farName);
    const near = await serve(whole(), "/robot.img", own);
    const url = near.url.replace("127.0.0.1", "images.example.org");
    const lookup: LookupFunction = (_name, { all }, done) =>
      all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
    const http = { ...patient, authorities: own.cert, lookup };
    await expect(download(listed({ url }), never, http)).rejects.toThrow("its name leads to");
    expect(near.asked).toEqual([]);
  });

  it("from this computer may be led on within it", async () => {
    const own = await certificate();
    const near = await serve(whole(), "/robot.img", own);
    const leading = await serve(sentTo(near.url), "/robot.img", own);
    const http = { ...patient, authorities: own.cert };
    expect(isImage(await download(listed(leading), never, http))).toBe(true);
  });

  it("is refused where nobody vouches for the certificate", async () => {
    const secure = await serve(whole(), "/robot.img", await certificate());
    await expect(download(listed(secure))).rejects.toThrow(/certificate/);
    expect(secure.asked).toEqual([]);
  });
});

/** Gives the first MiB, says so, and keeps the line. */
function halting() {
  const halted = Promise.withResolvers<void>();
  const how: Serve = (_request, response) => {
    response.writeHead(200, { etag: ETAG, "content-length": image.length });
    response.write(image.subarray(0, MIB), () => halted.resolve());
  };
  return { how, halted: halted.promise };
}

describe("a download that is broken off", () => {
  it("by a cancel ends as cancelled, and is gone on with", async () => {
    const { how, halted } = halting();
    const mirror = await serve((...args) => (args[2] === 1 ? how : whole())(...args));
    const abort = new AbortController();
    const broken = download(listed(mirror), abort.signal);
    await halted;
    await untilParted(MIB);
    abort.abort();
    await expect(broken).rejects.toMatchObject({ code: "CANCELLED" });
    expect(isImage(await download(listed(mirror)))).toBe(true);
    expect(mirror.asked[1]?.range).toBe(`bytes=${MIB}-`);
  });

  it("by a kill is gone on with by the next process", async () => {
    const { how, halted } = halting();
    const mirror = await serve((...args) => (args[2] === 1 ? how : whole())(...args));
    const child = start(listed(mirror));
    await halted;
    await untilParted(MIB);
    child.kill("SIGKILL");
    await once(child, "close");
    expect(isImage(await download(listed(mirror)))).toBe(true);
    expect(mirror.asked[1]).toMatchObject({ range: `bytes=${MIB}-`, "if-range": ETAG });
    expect(parts()).toEqual([]);
  });

  it("whose beginning was damaged on the disk is downloaded anew", async () => {
    const lost = await serve((...args) => (args[2] === 1 ? droppedAfter(MIB) : sentTo("ftp://x"))(...args));
    await expect(download(listed(lost))).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
    const [part = ""] = parts();
    writeFileSync(join(folder, part, "bytes"), Buffer.alloc(MIB));
    const mirror = await serve(whole());
    expect(isImage(await download(listed(mirror)))).toBe(true);
    expect(mirror.asked.map(({ range }) => range)).toEqual([`bytes=${MIB}-`, undefined]);
  });
});

/** Resolves when a part of the folder holds so many bytes. */
async function untilParted(bytes: number): Promise<void> {
  const held = () => parts().some((name) => readFileSync(join(folder, name, "bytes")).length >= bytes);
  await expect.poll(held, { timeout: 20_000 }).toBe(true);
}

function start(what: ManifestImage): ChildProcess {
  const script = resolve("test/support/downloads/download.ts");
  const child = spawn(process.execPath, [script, folder, JSON.stringify(what)], { stdio: "pipe" });
  children.push(child);
  return child;
}

describe("two downloads of the same file", () => {
  it("in one process ask the server once", async () => {
    const mirror = await serve(whole());
    const downloads = createDownloads({ folder, http: patient });
    const both = [1, 2].map(() => downloads.image(listed(mirror), observe, never));
    const [one, two] = await Promise.all(both);
    expect(one).toBe(two);
    expect(mirror.asked).toHaveLength(1);
  });

  it("in two processes both end with the file", async () => {
    const mirror = await serve(whole());
    const both = [start(listed(mirror)), start(listed(mirror))];
    const codes = await Promise.all(both.map(async (child) => (await once(child, "close"))[0]));
    expect(codes).toEqual([0, 0]);
    expect(isImage(await download(listed(mirror)))).toBe(true);
    expect(parts()).toEqual([]);
  });
});

describe("a disk", () => {
  it("that is full is said so, and the download goes on once there is room", async () => {
    const disk = join(folder, "disk");
    await execa("mkdir", [disk]);
    await execa("mount", ["-t", "tmpfs", "-o", "size=2m", "floppy-test", disk]);
    try {
      const mirror = await serve(whole());
      const downloads = createDownloads({ folder: disk, http: patient });
      await expect(downloads.image(listed(mirror), observe, never)).rejects.toMatchObject({
        code: "DISK_FULL",
      });
      await execa("mount", ["-o", "remount,size=8m", disk]);
      expect(isImage(await downloads.image(listed(mirror), observe, never))).toBe(true);
      expect(mirror.asked[1]?.range).toMatch(/^bytes=[1-9]/);
    } finally {
      await execa("umount", [disk]);
    }
  });
});
