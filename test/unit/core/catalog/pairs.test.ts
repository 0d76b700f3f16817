import { describe, expect, test } from "vitest";
import { catalog as parser } from "#contract/catalog.ts";
import { checkPair, listPairs, parseTarget, targetName } from "#core/catalog/pairs.ts";
import copy from "../../../../nixos/catalog.json" with { type: "json" };

const catalog = parser.parse(copy);

const dell = { name: "dell", label: "Dell", system: "x86_64-linux" as const, prefix: "DEL" };
const tower = { name: "dell-tower", label: "Dell tower", system: "x86_64-linux" as const, prefix: "DTW" };
const kind = { medium: "stick" as const, battery: false };
const plain = { purpose: "", desktop: "headless", services: [], hardware: "Any", refuses: {} };
const overlapping = {
  hosts: [
    { ...dell, ...kind },
    { ...tower, ...kind },
  ],
  roles: [
    { name: "dev", ...plain },
    { name: "constructor", ...plain },
  ],
};

describe("the bundled catalog", () => {
  test.each([
    "dell-dev",
    "dell-proxy",
    "generic-dev",
    "raspberry-robot",
    "raspberry-mainframe",
    "raspberry-dev",
    "raspberry-kiosk",
    "reterminal-kiosk",
  ])("allows %s", (target) => {
    expect(listPairs(catalog).map(targetName)).toContain(target);
  });

  test("has the four hosts, by serial prefix", () => {
    expect(Object.fromEntries(catalog.hosts.map((host) => [host.prefix, host.name]))).toEqual({
      DEL: "dell",
      GEN: "generic",
      RPI: "raspberry",
      RET: "reterminal",
    });
  });

  test("has the ten roles", () => {
    expect(catalog.roles.map(({ name }) => name).toSorted()).toEqual(
      ["ai", "dev", "kiosk", "lab", "mainframe", "minimal", "node", "proxy", "robot", "terminal"].toSorted(),
    );
  });

  test("refuses only hosts that it has", () => {
    const hosts = catalog.hosts.map(({ name }) => name);
    for (const role of catalog.roles)
      expect(hosts).toEqual(expect.arrayContaining(Object.keys(role.refuses)));
  });
});

describe("checkPair", () => {
  test("gives host and role", () => {
    const { host, role } = checkPair(catalog, "raspberry", "robot");
    expect([host.prefix, role.purpose]).toEqual(["RPI", "Robot controller"]);
  });

  test("refuses a role that the host cannot take, with the reason and what it can take", () => {
    expect(() => checkPair(catalog, "raspberry", "terminal")).toThrow(
      expect.objectContaining({
        code: "ROLE_UNSUITED",
        message: "Raspberry Pi cannot take the role terminal. Needs a reTerminal screen.",
        hint: expect.stringContaining("robot, mainframe, ai"),
      }),
    );
  });

  test("refuses an unknown role, naming the known ones", () => {
    expect(() => checkPair(catalog, "raspberry", "toaster")).toThrow(
      expect.objectContaining({ code: "ROLE_UNKNOWN", hint: expect.stringContaining("robot") }),
    );
  });

  test("refuses an unknown host", () => {
    expect(() => checkPair(catalog, "toaster", "robot")).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT", hint: expect.stringContaining("raspberry") }),
    );
  });

  test("takes no inherited property for a refusal", () => {
    const [host] = overlapping.hosts;
    const odd = { ...overlapping, hosts: [{ ...dell, ...kind, name: "constructor" }] };
    expect(host && checkPair(odd, "constructor", "dev").role.name).toBe("dev");
  });
});

describe("parseTarget", () => {
  test("splits every target it lists", () => {
    for (const pair of listPairs(catalog)) expect(parseTarget(catalog, targetName(pair))).toEqual(pair);
  });

  test("takes the longest host that fits", () => {
    expect(parseTarget(overlapping, "dell-tower-dev").host.name).toBe("dell-tower");
  });

  test("refuses what is no target, listing those there are", () => {
    expect(() => parseTarget(catalog, "robot")).toThrow(
      expect.objectContaining({
        code: "NIX_TARGET_UNKNOWN",
        hint: expect.stringContaining("raspberry-robot"),
      }),
    );
  });
});
