import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createWriter } from "#adapters/writer/client.ts";
import type { MediumFile } from "#contract/writer.ts";
import type { FlashRequest } from "#core/ports/drives.ts";
import { createBench, MIB } from "../drives/bench.ts";
import { makeCardImage, readAt } from "./images.ts";
import { identify, inspect, writerScript } from "./writer-process.ts";

const shared = createBench();
const bench = createBench();
const command = [process.execPath, writerScript];
const journalFolder = "/nowhere";
const privateKey = "-----BEGIN OPENSSH PRIVATE KEY-----";
const files: MediumFile[] = [{ path: "floppy/ssh_host_ed25519_key", content: privateKey }];
let image: string;

beforeAll(() => {
  image = makeCardImage(shared.folder());
});
afterEach(() => {
  vi.unstubAllEnvs();
  bench.clear();
});
afterAll(shared.clear);

const quiet = { progress: () => undefined, log: () => undefined };
const never = new AbortController().signal;

async function job(wanted: MediumFile[] = []): Promise<FlashRequest> {
  const drive = await identify(bench.drive(32 * MIB));
  return { image: await inspect(image), drive, files: wanted, placement: "firmware" };
}

/** A program of this name, before all others on the PATH. */
function standIn(name: string, ...lines: string[]): string {
  const folder = bench.folder();
  const path = join(folder, name);
  writeFileSync(path, ["#!/bin/sh", ...lines, ""].join("\n"));
  chmodSync(path, 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  return path;
}

describe("the writer's client", () => {
  it("inspects an image", async () => {
    const positions: number[] = [];
    const found = await createWriter({ command, elevation: "pkexec", journalFolder }).inspect(
      image,
      ({ position }) => positions.push(position),
      never,
    );
    expect(found).toMatchObject({ path: image, format: "raw", sizeBytes: 24 * MIB });
    expect(positions.at(-1)).toBe(24 * MIB);
  });

  it("writes a drive and hands on what the writer tells", async () => {
    const wanted = await job();
    const stages = new Set<string>();
    const result = await createWriter({ command, elevation: "pkexec", journalFolder }).flash(
      wanted,
      true,
      { ...quiet, progress: (stage) => stages.add(stage) },
      never,
    );
    expect(result).toEqual({
      sizeBytes: 24 * MIB,
      savedBytes: expect.any(Number),
      checksum: expect.stringMatching(/^[0-9a-f]{16}$/),
      writeSeconds: expect.any(Number),
      verifySeconds: expect.any(Number),
    });
    expect([...stages]).toEqual(["write", "verify"]);
    expect(readAt(wanted.drive.path, 0, 24 * MIB).equals(readFileSync(image))).toBe(true);
  });

  it("passes the writer's own refusal on", async () => {
    const wanted = await job();
    wanted.drive.sizeBytes += 1;
    const flashing = createWriter({ command, elevation: "pkexec", journalFolder }).flash(
      wanted,
      true,
      quiet,
      never,
    );
    await expect(flashing).rejects.toMatchObject({
      code: "DRIVE_REPLACED",
      hint: expect.stringContaining("Nothing was written"),
    });
  });

  it("tells of a writer that crashed, with its last words", async () => {
    const crashing = [process.execPath, "-e", "console.error('out of luck'); process.exit(70)"];
    const flashing = createWriter({ command: crashing, elevation: "pkexec", journalFolder }).flash(
      await job(),
      true,
      quiet,
      never,
    );
    await expect(flashing).rejects.toMatchObject({
      code: "WRITER_CRASHED",
      details: { code: 70, stderr: "out of luck\n" },
    });
  });

  it("ends a writer whose line does not end, and keeps no more of it than a line may have", async () => {
    const pieces =
      "const piece = 'x'.repeat(2 ** 20); for (let i = 0; i < 100; i++) process.stdout.write(piece);";
    const endless = [process.execPath, "-e", `${pieces} setInterval(() => {}, 1000);`];
    const before = process.memoryUsage().rss;
    const inspecting = createWriter({ command: endless, elevation: "pkexec", journalFolder }).inspect(
      image,
      () => undefined,
      never,
    );
    await expect(inspecting).rejects.toMatchObject({
      code: "WRITER_CRASHED",
      message: expect.stringContaining("more at once"),
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MIB);
  });

  it("tells of a writer that is not there", async () => {
    const inspecting = createWriter({
      command: ["/nowhere/node"],
      elevation: "pkexec",
      journalFolder,
    }).inspect(image, () => undefined, never);
    await expect(inspecting).rejects.toMatchObject({ code: "WRITER_CRASHED" });
  });
});

describe("a listener that throws", () => {
  it("ends the writer, which leaves a drive that does not start and is free for the next", async () => {
    const wanted = await job();
    const { flash } = createWriter({ command, elevation: "pkexec", journalFolder });
    const progress = () => {
      throw new Error("the door is gone");
    };
    await expect(flash(wanted, true, { ...quiet, progress }, never)).rejects.toThrow("the door is gone");
    expect(readAt(wanted.drive.path, 0, MIB).equals(Buffer.alloc(MIB))).toBe(true);
    await expect(flash(wanted, true, quiet, never)).resolves.toMatchObject({ sizeBytes: 24 * MIB });
  });
});

describe("an abort", () => {
  it("ends a writer at work and rejects with CANCELLED", async () => {
    const controller = new AbortController();
    const wanted = await job();
    const flashing = createWriter({ command, elevation: "pkexec", journalFolder }).flash(
      wanted,
      true,
      { ...quiet, progress: () => controller.abort() },
      controller.signal,
    );
    await expect(flashing).rejects.toMatchObject({ code: "CANCELLED" });
    expect(readAt(wanted.drive.path, 0, MIB).equals(Buffer.alloc(MIB))).toBe(true);
  });

  it("may come from a signal to the writer itself, as Ctrl-C in a terminal sends one", async () => {
    const script = `console.log('{"event":"cancelled"}'); process.exit(3)`;
    const signalled = [process.execPath, "-e", script];
    const inspecting = createWriter({ command: signalled, elevation: "pkexec", journalFolder }).inspect(
      image,
      () => undefined,
      never,
    );
    await expect(inspecting).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("that came before starts nothing", async () => {
    const trace = join(bench.folder(), "started");
    const tracing = [process.execPath, "-e", `fs.writeFileSync(${JSON.stringify(trace)}, "")`];
    const inspecting = createWriter({ command: tracing, elevation: "pkexec", journalFolder }).inspect(
      image,
      () => undefined,
      AbortSignal.abort(),
    );
    await expect(inspecting).rejects.toMatchObject({ code: "CANCELLED" });
    expect(existsSync(trace)).toBe(false);
  });

  it("kills a writer that does not listen", async () => {
    const deaf = [process.execPath, "-e", `console.log("{}"); setInterval(() => {}, 1e6)`];
    const controller = new AbortController();
    const inspecting = createWriter({ command: deaf, elevation: "pkexec", journalFolder }).inspect(
      image,
      () => undefined,
      controller.signal,
    );
    controller.abort();
    await expect(inspecting).rejects.toMatchObject({ code: "CANCELLED" });
  });
});

describe("a drive that this user may not open", () => {
  it.each(["pkexec", "sudo"] as const)("is written by a writer that %s started", async (elevation) => {
    const trace = join(bench.folder(), "trace");
    standIn(elevation, `echo "$0" >> ${trace}`, 'test "$1" = -- && shift', 'exec "$@"');
    const wanted = await job();
    await createWriter({ command, elevation, journalFolder }).flash(wanted, false, quiet, never);
    expect(readFileSync(trace, "utf8")).toContain(elevation);
    expect(readAt(wanted.drive.path, 0, 24 * MIB).equals(readFileSync(image))).toBe(true);
  });

  it.each([
    ["pkexec", "exit 126", "dismissed"],
    [
      "pkexec",
      "echo 'Error executing command as another user: No authentication agent found.' >&2; exit 127",
      "agent",
    ],
    ["pkexec", "echo 'Error executing command as another user: Not authorized' >&2; exit 127", "may not"],
    ["sudo", "echo 'sudo: a password is required' >&2; exit 1", "sudo"],
    ["sudo", "echo 'nobody is not in the sudoers file.' >&2; exit 1", "sudo"],
  ] as const)("is not written when %s says no: %s", async (elevation, line, words) => {
    standIn(elevation, line);
    const flashing = createWriter({ command, elevation, journalFolder }).flash(
      await job(),
      false,
      quiet,
      never,
    );
    await expect(flashing).rejects.toMatchObject({
      code: "WRITER_DENIED",
      message: expect.stringContaining(words),
      hint: expect.stringContaining("Nothing was written"),
    });
  });

  it("is written by a writer that nothing of this session’s environment reaches", async () => {
    const trace = join(bench.folder(), "trace");
    standIn("sudo", `env > ${trace}`, 'test "$1" = -- && shift', 'exec "$@"');
    vi.stubEnv("NODE_OPTIONS", "--no-warnings");
    vi.stubEnv("LD_LIBRARY_PATH", "/planted");
    vi.stubEnv("SUDO_UID", "0");
    await createWriter({ command, elevation: "sudo", journalFolder }).flash(await job(), false, quiet, never);
    expect(readFileSync(trace, "utf8")).not.toMatch(/NODE_OPTIONS|LD_LIBRARY_PATH|SUDO_UID/);
  });

  it("is named to whoever asks for the password, with what is done to it", async () => {
    const trace = join(bench.folder(), "trace");
    standIn("pkexec", `printf '%s\\n' "$@" > ${trace}`, 'exec "$@"');
    const wanted = await job();
    await createWriter({ command, elevation: "pkexec", journalFolder }).flash(wanted, false, quiet, never);
    expect(readFileSync(trace, "utf8").trim().split("\n").at(-1)).toMatch(
      new RegExp(`^erase ${wanted.drive.path}, `),
    );
  });

  it("is not written by a program that somebody but root may change", async () => {
    const trace = join(bench.folder(), "trace");
    standIn("sudo", `echo started > ${trace}`);
    const planted = join(bench.folder(), "out/main/writer.js");
    mkdirSync(dirname(planted), { recursive: true });
    writeFileSync(planted, "");
    chownSync(planted, 65534, 65534);
    const [node = ""] = command;
    const flashing = createWriter({ command: [node, planted], elevation: "sudo", journalFolder });
    await expect(flashing.flash(await job(), false, quiet, never)).rejects.toMatchObject({
      code: "WRITER_DENIED",
      hint: expect.stringMatching(/Nothing was written.*sudo .*install-writer$/),
    });
    expect(existsSync(trace)).toBe(false);
  });

  it("is not written where nobody can be asked", async () => {
    const wanted = await job();
    vi.stubEnv("PATH", bench.folder());
    const flashing = createWriter({ command, elevation: "pkexec", journalFolder }).flash(
      wanted,
      false,
      quiet,
      never,
    );
    await expect(flashing).rejects.toMatchObject({
      code: "WRITER_DENIED",
      message: expect.stringContaining("pkexec is not installed"),
    });
  });
});

describe("a private key", () => {
  it("reaches the writer through stdin and shows in no argument, environment or event", async () => {
    const trace = join(bench.folder(), "trace");
    standIn("pkexec", `cat /proc/$$/cmdline /proc/$$/environ > ${trace}`, `exec "$@" | tee -a ${trace}`);
    const wanted = await job(files);
    await createWriter({ command, elevation: "pkexec", journalFolder }).flash(wanted, false, quiet, never);
    // What passes on the writer's last word writes it down a moment later.
    await expect.poll(() => readFileSync(trace, "utf8")).toContain('"event":"flashed"');
    expect(readFileSync(trace, "utf8")).not.toContain("PRIVATE KEY");
    expect(readAt(wanted.drive.path, 0, 24 * MIB).includes(privateKey)).toBe(true);
  });
});
