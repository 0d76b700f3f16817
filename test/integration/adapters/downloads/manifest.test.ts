import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { OutgoingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDownloads } from "../../../../src-main/adapters/downloads/downloads.ts";
import { closeMirrors, image, listed, type Serve, serve, whole } from "../../../support/downloads/mirror.ts";

const never = new AbortController().signal;
const robot = listed({ url: "https://images.example.org/robot.img" });
const text = JSON.stringify({ version: 1, images: [robot] });

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "floppy-manifest-"));
  file = join(folder, "images.json");
  writeFileSync(file, text);
});

afterEach(async () => {
  await closeMirrors();
  rmSync(folder, { recursive: true, force: true });
});

const read = (url: string, publicKey: string | null = null) =>
  createDownloads({ folder: join(folder, "cache") }).manifest({ url, publicKey }, never);

/** A key pair as minisign makes it; the public half as its file says it. */
async function keyPair(name: string): Promise<{ secret: string; publicKey: string }> {
  const [secret, open] = [join(folder, `${name}.key`), join(folder, `${name}.pub`)];
  await execa("minisign", ["-G", "-W", "-f", "-s", secret, "-p", open]);
  return { secret, publicKey: readFileSync(open, "utf8").split("\n")[1] ?? "" };
}

async function sign(secret: string, ...how: string[]): Promise<void> {
  await execa("minisign", ["-S", ...how, "-s", secret, "-m", file, "-t", "images of Monday"]);
}

/** Changes one letter of the signature's file, at a line and a place in it. */
function damage(line: number, at: number) {
  const lines = readFileSync(`${file}.minisig`, "utf8").split("\n");
  const letters = [...(lines[line] ?? "")];
  letters[at] = letters[at] === "A" ? "B" : "A";
  writeFileSync(`${file}.minisig`, lines.with(line, letters.join("")).join("\n"));
}

const untrusted = (reason: string) =>
  expect.objectContaining({ code: "MANIFEST_UNTRUSTED", message: expect.stringContaining(reason) });

describe("a manifest that minisign signed", () => {
  it.each([
    ["over its hash, as usual", ["-H"]],
    ["over the file itself, as of old", ["-l"]],
  ])("%s is taken, with what the signer said", async (_what, how) => {
    const { secret, publicKey } = await keyPair("own");
    await sign(secret, ...how);
    expect(await read(file, publicKey)).toMatchObject({
      signature: { state: "signed", comment: "images of Monday" },
      images: [{ target: "raspberry-robot", here: false }],
    });
  });

  it.each([["-H"], ["-l"]])("is refused once it was changed (%s)", async (how) => {
    const { secret, publicKey } = await keyPair("own");
    await sign(secret, how);
    writeFileSync(file, `${text} `);
    await expect(read(file, publicKey)).rejects.toEqual(untrusted("changed after it was signed"));
  });

  it("is refused where another key signed it, though its id is the same", async () => {
    const { publicKey } = await keyPair("own");
    const { secret } = await keyPair("other");
    await sign(secret);
    await expect(read(file, publicKey)).rejects.toEqual(untrusted("another key"));
    const id = (key: string) => Buffer.from(key, "base64").subarray(2, 10);
    const signature = readFileSync(`${file}.minisig`, "utf8").split("\n");
    const bytes = Buffer.from(signature[1] ?? "", "base64");
    id(publicKey).copy(bytes, 2);
    writeFileSync(`${file}.minisig`, signature.with(1, bytes.toString("base64")).join("\n"));
    await expect(read(file, publicKey)).rejects.toEqual(untrusted("does not fit"));
  });

  it("is refused where signature, comment or the comment's signature was changed", async () => {
    const { secret, publicKey } = await keyPair("own");
    for (const [line, at, reason] of [
      [1, 40, "does not fit"],
      [2, 20, "comment"],
      [3, 40, "comment"],
      [0, 3, "not one that minisign made"],
      [1, 0, "not one that minisign made"],
    ] as const) {
      await sign(secret);
      damage(line, at);
      await expect(read(file, publicKey), `line ${line}`).rejects.toEqual(untrusted(reason));
    }
  });
});

describe("a manifest without a signature", () => {
  it("is taken as not signed where no key is set, and refused where one is", async () => {
    expect((await read(file)).signature).toEqual({ state: "unsigned" });
    await expect(read(file, (await keyPair("own")).publicKey)).rejects.toEqual(untrusted("not signed"));
  });

  it("that is signed all the same counts as not signed where no key is set", async () => {
    await sign((await keyPair("own")).secret);
    expect((await read(file)).signature).toEqual({ state: "unsigned" });
  });
});

/** Serves the manifest and what lies beside it. */
const files: Serve = ({ url = "" }, response) => {
  const found = readdirSync(folder).find((name) => url === `/${name}?token=1`);
  if (found) response.end(readFileSync(join(folder, found)));
  else response.writeHead(404).end();
};

describe("a manifest on a server", () => {
  it("has its signature beside it, whatever stands behind its path", async () => {
    const { secret, publicKey } = await keyPair("own");
    await sign(secret);
    const server = await serve(files, "/images.json?token=1");
    expect((await read(server.url, publicKey)).signature.state).toBe("signed");
    rmSync(`${file}.minisig`);
    await expect(read(server.url, publicKey)).rejects.toEqual(untrusted("not signed"));
  });

  it("is kept for the time when the server cannot be asked, and says so", async () => {
    const { secret, publicKey } = await keyPair("own");
    await sign(secret);
    const server = await serve(files, "/images.json?token=1");
    expect((await read(server.url, publicKey)).kept).toBeNull();
    await server.close();
    expect(await read(server.url, publicKey)).toMatchObject({
      kept: expect.stringContaining("it does not answer"),
      signature: { state: "signed" },
      images: [{ target: "raspberry-robot" }],
    });
    const { publicKey: another } = await keyPair("other");
    await expect(read(server.url, another)).rejects.toEqual(untrusted("another key"));
  });

  it("that was kept unsigned is of no use once a key is set", async () => {
    const server = await serve(files, "/images.json?token=1");
    await read(server.url);
    await server.close();
    const { publicKey } = await keyPair("own");
    await expect(read(server.url, publicKey)).rejects.toMatchObject({ code: "MANIFEST_UNREADABLE" });
  });

  it.each<[string, Serve, string]>([
    ["is not there", (_request, response) => void response.writeHead(404).end(), "none at this address"],
    ["is no JSON", (_request, response) => void response.end("<html>"), "not JSON"],
    ["is endless", endless, "longer than"],
  ])("that %s is said so", async (_what, how, reason) => {
    const { url } = await serve(how);
    await expect(read(url)).rejects.toMatchObject({
      code: "MANIFEST_UNREADABLE",
      message: expect.stringContaining(reason),
    });
  });
});

function endless(...[, response]: Parameters<Serve>) {
  const more = () => response.write(Buffer.alloc(1024 ** 2), (failed) => failed ?? more());
  more();
}

describe("a manifest in a file", () => {
  it("that is not there is said so", async () => {
    await expect(read("/nowhere/images.json")).rejects.toThrow("There is no such file.");
  });
});

it("tells which images are here already", async () => {
  const mirror = await serve(whole());
  const here = listed(mirror);
  writeFileSync(file, JSON.stringify({ version: 1, images: [here, { ...robot, target: "raspberry-dev" }] }));
  const downloads = createDownloads({ folder: join(folder, "cache") });
  const observe = { progress: () => undefined, log: () => undefined };
  const path = await downloads.image(here, observe, never);
  writeFileSync(path, image.subarray(1));
  const found = await downloads.manifest({ url: file, publicKey: null }, never);
  expect(found.images.map((one) => one.here)).toEqual([false, false]);
  writeFileSync(path, image);
  const again = await downloads.manifest({ url: file, publicKey: null }, never);
  expect(again.images.map((one) => one.here)).toEqual([true, true]);
});

describe("a manifest that is served", () => {
  const as =
    (headers: OutgoingHttpHeaders, body: string | Buffer): Serve =>
    (_request, response) => {
      response.writeHead(200, headers).end(body);
    };

  it.each(["gzip", "x-gzip", "br"])("as it is counts, though it is called %s", async (encoding) => {
    const { url } = await serve(as({ "content-encoding": encoding }, text), "/images.json");
    expect(await read(url)).toMatchObject({ images: [{ target: "raspberry-robot" }] });
  });

  it("packed, though nobody asked for that, is called that", async () => {
    const packed: [string, Buffer][] = [
      ["gzip", gzipSync(text)],
      ["br", brotliCompressSync(text)],
    ];
    for (const [encoding, body] of packed) {
      const { url } = await serve(as({ "content-encoding": encoding }, body), "/images.json");
      await expect(read(url)).rejects.toMatchObject({
        code: "MANIFEST_UNREADABLE",
        message: expect.stringContaining(`packs the file once more (Content-Encoding: ${encoding})`),
      });
    }
  });

  it("is signed by what was served, whatever its encoding is called", async () => {
    const { secret, publicKey } = await keyPair("own");
    await sign(secret);
    const { url } = await serve((request, response) => {
      const body = readFileSync(request.url?.endsWith(".minisig") ? `${file}.minisig` : file);
      response.writeHead(200, { "content-encoding": "x-gzip" }).end(body);
    }, "/images.json");
    expect(await read(url, publicKey)).toMatchObject({ signature: { state: "signed" } });
  });
});
