import { chmod, mkdir, writeFile } from "node:fs/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createNix } from "#adapters/nix/nix.ts";
import { defaultSettings } from "#contract/settings.ts";
import { fixtureFlake, type NixEnvironment, nixEnvironment, processesOf } from "../../../support/nix.ts";

let nix: NixEnvironment;
beforeAll(async () => {
  nix = await nixEnvironment();
});
afterAll(() => nix.remove());

const never = new AbortController().signal;

function build(
  target: string,
  options: { env?: NodeJS.ProcessEnv; flake?: string; signal?: AbortSignal } = {},
) {
  const { env = nix.env, flake = fixtureFlake, signal = never } = options;
  const request = {
    flake,
    attribute: `images.${target}`,
    system: "aarch64-linux",
    settings: defaultSettings,
  } as const;
  let tellLine = (_line: string) => {};
  const firstLine = new Promise<string>((resolve) => {
    tellLine = resolve;
  });
  const observe = { progress: () => {}, log: (_: string, text: string) => tellLine(text) };
  return { firstLine, result: createNix({ env, graceMs: 200 }).build(request, observe, signal) };
}

describe("a build that fails", () => {
  test("names the derivation and its last lines, without colours", async () => {
    await expect(build("raspberry-broken").result).rejects.toMatchObject({
      code: "NIX_BUILD_FAILED",
      message: "The build of broken-image failed.",
      details: {
        derivation: "broken-image",
        log: [
          "compiling step 1",
          "compiling step 2",
          "compiling step 3",
          "fatal: the servo bus has no driver",
        ],
      },
    });
  });

  test("because a source of it has another hash names that source, what it got and what it wanted", async () => {
    const folder = `${nix.folder}/mismatch`;
    await mkdir(folder);
    await writeFile(
      `${folder}/flake.nix`,
      `{
        outputs = _:
          let
            make = name: script: more: derivation ({
              inherit name;
              system = "x86_64-linux";
              builder = "/bin/sh";
              args = [ "-c" script ];
            } // more);
            hash = {
              outputHashMode = "flat";
              outputHashAlgo = "sha256";
              outputHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
            };
            source = make "source.tar.gz" "echo got it > $out" hash;
            kernel = make "kernel" "echo $source > $out" { inherit source; };
          in
          { images.raspberry-robot = make "image" "echo $kernel > $out" { inherit kernel; }; };
      }`,
    );
    await expect(build("raspberry-robot", { flake: folder }).result).rejects.toMatchObject({
      code: "NIX_BUILD_FAILED",
      message: expect.stringMatching(
        /^source\.tar\.gz has another hash .* got sha256-3MBJ.*wanted sha256-AAAA/,
      ),
    });
  });

  test("because its builder fills the disk says so", async () => {
    await expect(build("raspberry-overflow").result).rejects.toMatchObject({ code: "DISK_FULL" });
  });

  test("because the flake has no such target says so", async () => {
    await expect(build("raspberry-toaster").result).rejects.toMatchObject({
      code: "NIX_TARGET_UNKNOWN",
      message: expect.stringContaining("images.raspberry-toaster"),
    });
  });

  test("because the flake is nowhere gives nix's words", async () => {
    const flake = `path:${nix.folder}/nowhere`;
    await expect(build("raspberry-robot", { flake }).result).rejects.toMatchObject({
      code: "NIX_FAILED",
      message: expect.stringContaining("No such file or directory"),
    });
  });

  test("because nix is missing says so", async () => {
    const env = { ...nix.env, PATH: nix.folder };
    await expect(build("raspberry-robot", { env }).result).rejects.toMatchObject({ code: "NIX_MISSING" });
    expect(await createNix({ env }).version()).toBeNull();
  });

  test("because there is no image in what it built says so", async () => {
    await expect(build("imageless").result).rejects.toMatchObject({ code: "IMAGE_NOT_FOUND" });
  });
});

describe("a store on a disk that is too small", () => {
  let disk: string;
  beforeAll(async () => {
    disk = `${nix.folder}/disk`;
    await mkdir(disk);
    await execa("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk]);
  });
  afterAll(() => execa("umount", ["--lazy", disk]));

  test("is told as a full disk", async () => {
    const small = await nixEnvironment({ store: `${disk}/store` });
    try {
      await expect(build("raspberry-mainframe", { env: small.env }).result).rejects.toMatchObject({
        code: "DISK_FULL",
        hint: expect.stringContaining("Nothing was written to any drive."),
      });
    } finally {
      await small.remove();
    }
  });
});

describe("a build that is cancelled", () => {
  test("ends, and leaves no process behind", async () => {
    const abort = new AbortController();
    const { firstLine, result } = build("raspberry-slow", { signal: abort.signal });
    const ended = expect(result).rejects.toMatchObject({ code: "CANCELLED" });
    await firstLine;
    expect((await processesOf(nix.store)).join("\n")).toContain("sleep");
    abort.abort();
    await ended;
    expect(await processesOf(nix.store)).toEqual([]);
  });

  test("before it began starts nothing", async () => {
    const signal = AbortSignal.abort();
    await expect(build("raspberry-slow", { signal }).result).rejects.toMatchObject({ code: "CANCELLED" });
    expect(await processesOf(nix.store)).toEqual([]);
  });

  test("is killed with all it started if it does not heed", async () => {
    const stubborn = `${nix.folder}/stubborn`;
    await mkdir(stubborn);
    const script = "#!/bin/sh\ntrap '' TERM\necho started >&2\nsleep 600 &\nwait\nwait\n";
    await writeFile(`${stubborn}/nix`, script);
    await chmod(`${stubborn}/nix`, 0o755);
    const abort = new AbortController();
    const env = { ...nix.env, PATH: `${stubborn}:${process.env.PATH}` };
    const { firstLine, result } = build("raspberry-slow", { env, signal: abort.signal });
    const ended = expect(result).rejects.toMatchObject({ code: "CANCELLED" });
    expect(await firstLine).toBe("started");
    abort.abort();
    await ended;
    expect(await processesOf(stubborn)).toEqual([]);
  });
});
