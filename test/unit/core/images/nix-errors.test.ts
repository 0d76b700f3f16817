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
