import { describe, expect, test } from "vitest";
import { type Catalog, catalog as parser } from "#contract/catalog.ts";
import { readCatalog } from "#core/catalog/problems.ts";

const host = (name: string, prefix: string, more = {}) => ({
  name,
  label: name,
  system: "aarch64-linux",
  prefix,
  medium: "card",
  battery: false,
  ...more,
});
const role = (name: string, refuses = {}) => ({
  name,
  purpose: "",
  desktop: "headless",
  services: [],
  hardware: "Any",
  refuses,
});
const catalogOf = (hosts: unknown[], roles: unknown[]) => ({ hosts, roles });
const problems = (hosts: unknown[], roles: unknown[]) => readCatalog(catalogOf(hosts, roles)).problems;

describe("a catalog is refused as a whole", () => {
  test.each<[string, unknown[], unknown[], string]>([
    [
      "a target of two pairs",
      [host("pi", "PIA"), host("pi-zero", "PIZ")],
      [role("zero-cam"), role("cam")],
      "host pi with role zero-cam and host pi-zero with role cam are both the target pi-zero-cam",
    ],
    ["a host's name twice", [host("pi", "PIA"), host("pi", "PIB")], [role("cam")], "two hosts are called pi"],
    [
      "a prefix twice",
      [host("pi", "PIA"), host("dell", "PIA")],
      [role("cam")],
      "the hosts pi and dell both have the prefix PIA",
    ],
    ["a role's name twice", [host("pi", "PIA")], [role("cam"), role("cam")], "two roles are called cam"],
    [
      "a card whose image is called as the installer's",
      [host("installer", "INS")],
      [role("aarch64")],
      "host installer with role aarch64 has the image installer-aarch64, which is the installer’s",
    ],
  ])("for %s", (_what, hosts, roles, problem) => {
    expect(problems(hosts, roles)).toEqual([problem]);
  });

  test("but not where a refusal leaves one pair to a name", () => {
    const refused = role("cam", { "pi-zero": "It has no port for one." });
    expect(problems([host("pi", "PIA"), host("pi-zero", "PIZ")], [role("zero-cam"), refused])).toEqual([]);
  });

  test("and not where a role refuses a host that another catalog has", () => {
    expect(problems([host("pi", "PIA")], [role("cam", { toaster: "No lens." })])).toEqual([]);
  });
});

describe("what is wrong with a catalog", () => {
  const { label: _label, ...unlabelled } = host("pi", "PIA");
  const { name: _name, ...nameless } = role("cam");

  test.each<[string, unknown, string]>([
    [
      "a field that is missing, by the host's place and name",
      catalogOf([host("a", "AAA"), host("b", "BBB"), unlabelled], [role("cam")]),
      "host 3 (pi): label is missing",
    ],
    ["a name that is missing", catalogOf([host("a", "AAA")], [nameless]), "role 1: name is missing"],
    [
      "a field of another kind",
      catalogOf([host("pi", "PIA", { battery: "no" })], [role("cam")]),
      "host 1 (pi): battery must be true or false",
    ],
    [
      "a system that Floppy does not know",
      catalogOf([host("pi", "PIA", { system: "riscv64-linux" })], [role("cam")]),
      "host 1 (pi): system must be x86_64-linux or aarch64-linux",
    ],
    [
      "a prefix of another form",
      catalogOf([host("pi", "pi")], [role("cam")]),
      "host 1 (pi): prefix must be three capital letters",
    ],
    [
      "a reason that is none",
      catalogOf([host("pi", "PIA")], [role("cam", { pi: true })]),
      "role 1 (cam): refuses.pi must be text",
    ],
    ["no hosts", catalogOf([], [role("cam")]), "hosts must not be empty"],
    ["roles that are no list", { hosts: [host("pi", "PIA")], roles: "none" }, "roles must be a list"],
    ["no roles at all", { hosts: [host("pi", "PIA")] }, "roles is missing"],
    ["a host that is none", catalogOf([null], [role("cam")]), "host 1 must be a set"],
    ["nothing of the kind", 7, "it is no set of hosts and roles"],
  ])("is told of %s", (_what, value, problem) => {
    expect(readCatalog(value).problems).toEqual([problem]);
  });

  test("is nothing where it is whole", () => {
    const whole: Catalog = parser.parse(catalogOf([host("pi", "PIA")], [role("cam")]));
    expect(readCatalog(whole)).toEqual({ catalog: whole, problems: [] });
  });
});
