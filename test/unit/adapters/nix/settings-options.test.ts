import { describe, expect, test } from "vitest";
import { needsTrust, settingsOptions } from "#adapters/nix/settings-options.ts";
import { defaultSettings } from "#contract/settings.ts";

describe("settings as nix's options", () => {
  test("are none where nothing is set: the machine's own configuration counts", () => {
    expect(settingsOptions({ ...defaultSettings, builders: " " })).toEqual([]);
    expect(needsTrust({ ...defaultSettings, builders: " " })).toBe(false);
  });

  test("name builders, and add caches and keys to those there are", () => {
    const settings = {
      ...defaultSettings,
      builders: "ssh-ng://builder@localhost aarch64-linux",
      substituters: ["file:///one", "file:///two"],
      trustedPublicKeys: ["bench-1:AAAA="],
    };
    expect(settingsOptions(settings)).toEqual([
      "--builders",
      "ssh-ng://builder@localhost aarch64-linux",
      "--option",
      "extra-substituters",
      "file:///one file:///two",
      "--option",
      "extra-trusted-public-keys",
      "bench-1:AAAA=",
    ]);
    expect(needsTrust(settings)).toBe(true);
  });
});
