import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { nixError, nixMessage } from "#core/images/nix-errors.ts";
import { emptyNixStream, type NixStream, readNixLine } from "#core/images/nix-stream.ts";

const aim = { flake: "path:/flake", attribute: "images.raspberry-robot" };

function captured(name: string): NixStream {
  const file = new URL(`../../../fixtures/nix-streams/${name}`, import.meta.url);
  return readFileSync(file, "utf8").split("\n").reduce(readNixLine, emptyNixStream);
}

/** What nix tells with these errors, after a build wrote these lines. */
function stream(errors: string[], lines: string[] = [], derivation = "/nix/store/x-image.drv"): NixStream {
  const last = lines.map((text) => ({ level: "info" as const, derivation, text }));
  return { ...emptyNixStream, errors, log: { total: last.length, last } };
}

describe("a failed nix command", () => {
  test("whose builder failed names the derivation and its last lines (captured)", () => {
    expect(nixError(captured("nix28-build-fail.stderr.log"), aim)).toMatchObject({
      code: "NIX_BUILD_FAILED",
      message: "The build of bad2 failed.",
      hint: expect.stringContaining("Nothing was written to any drive."),
      details: { log: ["boom"] },
    });
  });

  test("for a system that this machine cannot build names it (captured)", () => {
    expect(nixError(captured("nix28-wrong-system.stderr.log"), aim)).toMatchObject({
      code: "NIX_SYSTEM_UNSUPPORTED",
      message: "This machine cannot build for aarch64-linux.",
    });
  });

  test.each([
    [
      "NIX_BUILD_FAILED",
      "error: Cannot build '/nix/store/x-image.drv'.\n       Reason: builder failed with exit code 3.",
    ],
    [
      "NIX_BUILD_FAILED",
      "error: build of '/nix/store/x-image.drv' on 'ssh-ng://builder' failed: builder failed with exit code 1",
    ],
    [
      "NIX_SYSTEM_UNSUPPORTED",
      "error: Cannot build '/nix/store/x-image.drv'.\n       Reason: required system or feature not available\n       Required system: 'aarch64-linux' with features {}",
    ],
    [
      "NIX_IMPORT_REFUSED",
      "error: cannot build '/nix/store/x-image.drv' during evaluation because the option 'allow-import-from-derivation' is disabled",
    ],
    ["NIX_TARGET_UNKNOWN", "error: flake 'path:/flake' does not provide attribute 'images.raspberry-robot'"],
    ["NIX_FEATURES_DISABLED", "error: experimental Nix feature 'flakes' is disabled"],
    ["NIX_FEATURES_DISABLED", "error: unrecognised flag '--extra-experimental-features'"],
    ["DISK_FULL", "error: writing to file: No space left on device"],
    ["DISK_FULL", "error: executing SQLite statement: database or disk is full (in '/nix/var/nix/db')"],
    ["NIX_FAILED", "error: cannot connect to socket at '/nix/var/nix/daemon-socket/socket'"],
  ])("is %s by “%s”", (code, error) => {
    expect(nixError(stream([error]), aim).code).toBe(code);
  });

  test("whose builder filled the disk is a full disk, not a failed build", () => {
    const failed = stream(
      ["error: builder for '/nix/store/x-image.drv' failed with exit code 1"],
      ["dd: error writing 'image': No space left on device"],
    );
    expect(nixError(failed, aim).code).toBe("DISK_FULL");
  });

  test("is not mistaken by what another build wrote", () => {
    const failed = stream(
      ["error: builder for '/nix/store/x-image.drv' failed with exit code 1"],
      ["No space left on device, says a test that checks for it"],
      "/nix/store/x-other.drv",
    );
    expect(nixError(failed, aim).code).toBe("NIX_BUILD_FAILED");
  });

  test("blames the derivation that failed, not those that needed it", () => {
    const failed = stream([
      "error: builder for '/nix/store/x-kernel.drv' failed with exit code 2",
      "error: 1 dependencies of derivation '/nix/store/x-image.drv' failed to build",
    ]);
    expect(nixError(failed, aim).message).toBe("The build of x-kernel failed.");
  });
});

describe("the first that truly failed", () => {
  const versions = ["nix28", "nix218", "nix224", "nix228", "nix231"];

  test.each(versions)("is named where two others needed it (%s)", (version) => {
    expect(nixError(captured(`${version}-build-fail-dependency.stderr.log`), aim)).toMatchObject({
      code: "NIX_BUILD_FAILED",
      message: "The build of linux-6.6 failed.",
      details: {
        derivation: "linux-6.6",
        reason: "its builder failed with exit code 2",
        log: ["compiling", "fatal: no driver"],
      },
    });
  });

  test.each(versions)("is a source with another hash, with both (%s)", (version) => {
    const got = "sha256-3MBJLGGiAv8w3bkHJ7VBwaHPUlKpVCsbuTGutyTCEvI=";
    const specified = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    expect(nixError(captured(`${version}-hash-mismatch.stderr.log`), aim)).toMatchObject({
      code: "NIX_BUILD_FAILED",
      message: `source.tar.gz has another hash than the flake says: it got ${got}, and wanted ${specified}.`,
      details: { derivation: "source.tar.gz", got, specified },
    });
  });

  test.each([
    ["hash-mismatch-direct", "source.tar.gz has another hash"],
    ["build-fail-deep", "The build of linux-6.6 failed."],
    ["build-killed", "The build of big failed."],
    ["build-without-output", "The build of empty failed."],
    ["build-silent", "The build of quiet failed."],
  ])("is named by nix 2.8 in %s", (name, message) => {
    const error = nixError(captured(`nix28-${name}.stderr.log`), aim);
    expect(error.code).toBe("NIX_BUILD_FAILED");
    expect(error.message).toContain(message);
  });

  test.each([
    ["build-killed", "its builder failed due to signal 9 (Killed)"],
    ["build-silent", expect.stringContaining("timed out after 1 seconds of silence")],
    ["build-without-output", expect.stringContaining("failed to produce output path for output 'out'")],
  ])("says how it ended: %s", (name, reason) => {
    expect(nixError(captured(`nix28-${name}.stderr.log`), aim).details).toMatchObject({ reason });
  });

  test("is the download where that is what nix lacked, not what needed it", () => {
    const failed = stream([
      "error: unable to download 'https://cache.example.org/nar/x.nar.xz': Couldn't resolve host name (6)",
      "error: some substitutes for the outputs of derivation '/nix/store/x-kernel.drv' failed (usually happens due to networking issues)",
      "error: 1 dependencies of derivation '/nix/store/x-image.drv' failed to build",
    ]);
    expect(nixError(failed, aim)).toMatchObject({
      code: "NIX_FAILED",
      message: "Nix could not download https://cache.example.org/nar/x.nar.xz: Couldn't resolve host name.",
      hint: expect.stringContaining("internet"),
    });
  });

  test.each([
    [
      "error: unable to download 'https://api.github.com/x': Couldn't connect to server (7)",
      "https://api.github.com/x",
    ],
    [
      "error: unable to download 'https://api.github.com/x': Timeout was reached (28)",
      "https://api.github.com/x",
    ],
    [
      "error: program 'git' failed: fatal: unable to access 'https://git.example.org/x/': Could not resolve host: git.example.org",
      "https://git.example.org/x/",
    ],
    ["ssh: connect to host git.example.org port 22: Connection timed out", "git.example.org"],
    ["ssh: Could not resolve hostname git.example.org: Name or service not known", "git.example.org"],
  ])("is a network that is away: %s", (error, unreachable) => {
    expect(nixError(stream([error]), aim).details).toMatchObject({ unreachable });
  });

  test("is no network where the server answers", () => {
    const failed = stream(["error: unable to download 'https://api.github.com/x': HTTP error 404"]);
    expect(nixError(failed, aim).details).not.toHaveProperty("unreachable");
  });

  test("is not known where nix tells of what needed it only", () => {
    const failed = stream(["error: 2 dependencies of derivation '/nix/store/x-image.drv' failed to build"]);
    expect(nixError(failed, aim).message).toBe("Something that x-image needs could not be built.");
  });

  test.each([
    "error: flake 'path:/x' does not provide attribute 'y', says a test of the package",
    "error: experimental Nix feature 'flakes' is disabled",
    "a 'riscv64-linux' with features {} is required to build '/nix/store/z.drv'",
  ])("is a failed build, whatever its builder wrote: %s", (line) => {
    const failed = stream(["error: builder for '/nix/store/x-image.drv' failed with exit code 1"], [line]);
    expect(nixError(failed, aim).code).toBe("NIX_BUILD_FAILED");
  });
});

describe("what nix said", () => {
  test("is its last error, without the trace that leads there", () => {
    const errors = [
      "error: while calling 'f'\n       error: undefined variable 'pkg'\n       at /flake.nix:3:1",
    ];
    expect(nixMessage(stream(errors))).toBe("undefined variable 'pkg'");
  });

  test("is not the hint that follows it", () => {
    expect(nixMessage(stream(["error: no such path", "(use '--show-trace' to show …)"]))).toBe(
      "no such path",
    );
  });

  test("is the last line where it gave no error", () => {
    expect(nixMessage(stream([], ["first", "Killed"]))).toBe("Killed");
  });

  test("may be nothing", () => {
    expect(nixMessage(emptyNixStream)).toBe("Nix ended without saying why.");
  });
});
