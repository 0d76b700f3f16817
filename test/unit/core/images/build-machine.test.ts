import { describe, expect, test } from "vitest";
import { abilityToBuild, type BuildMachine, emulates } from "#core/images/build-machine.ts";

const aarch64Entry = `enabled
interpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P
flags: POCF
offset 0
magic 7f454c460201010000000000000000000200b700
mask ffffffffffffff00fffffffffffffffffeffffff
`;
const arm32Entry = aarch64Entry.replace("7f454c46020101", "7f454c46010101").replace("b700", "2800");

const bare: BuildMachine = { system: "x86_64-linux", extraPlatforms: [], binfmtEntries: [], builders: "" };

describe("an entry of binfmt_misc", () => {
  test("emulates the system whose programs it takes", () => {
    expect(emulates(aarch64Entry, "aarch64-linux")).toBe(true);
    expect(emulates(aarch64Entry, "x86_64-linux")).toBe(false);
  });

  test.each([
    ["is disabled", aarch64Entry.replace("enabled", "disabled")],
    ["is for 32-bit Arm", arm32Entry],
    ["goes by the file's ending", "enabled\ninterpreter /usr/bin/jexec\nextension .jar\n"],
    ["is empty", ""],
  ])("does not if it %s", (_, entry) => {
    expect(emulates(entry, "aarch64-linux")).toBe(false);
  });
});

describe("a machine's ability to build for aarch64", () => {
  const ability = (machine: Partial<BuildMachine>) =>
    abilityToBuild({ ...bare, ...machine }, "aarch64-linux");

  test("is its own on aarch64", () => {
    expect(ability({ system: "aarch64-linux" })).toEqual({ able: true, by: "itself" });
  });

  test("needs binfmt and extra-platforms", () => {
    const binfmtEntries = [arm32Entry, aarch64Entry];
    const extraPlatforms = ["i686-linux", "aarch64-linux"];
    expect(ability({ binfmtEntries, extraPlatforms })).toEqual({ able: true, by: "emulation" });
    expect(ability({ binfmtEntries })).toEqual({ able: false, binfmt: true, extraPlatforms: false });
    expect(ability({ extraPlatforms })).toEqual({ able: false, binfmt: false, extraPlatforms: true });
    expect(ability({})).toEqual({ able: false, binfmt: false, extraPlatforms: false });
  });

  test.each([
    "ssh-ng://builder@host aarch64-linux",
    "ssh://host x86_64-linux,aarch64-linux /key 4",
    "ssh://one x86_64-linux ; ssh://two aarch64-linux",
    "# comment\nssh://two aarch64-linux",
  ])("may come from the builders “%s”", (builders) => {
    expect(ability({ builders })).toEqual({ able: true, by: "builder" });
  });

  test.each(["", "ssh://host", "ssh://host -", "ssh://host x86_64-linux", "# ssh://host aarch64-linux"])(
    "does not come from the builders “%s”",
    (builders) => {
      expect(ability({ builders }).able).toBe(false);
    },
  );
});
