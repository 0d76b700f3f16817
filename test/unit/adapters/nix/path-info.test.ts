import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseNarHash } from "#adapters/nix/path-info.ts";

const captured = new URL("../../../fixtures/nix-streams/nix28-path-info.json", import.meta.url);
const path = "/nix/store/x-image";
const hash = "sha256-5Eq75j/WfDMRiPRrOqyULkr89+bVOCZY5U7Fu424cYs=";

test.each([
  ["a list (nix 2.8)", [{ path, narHash: hash, narSize: 168 }], hash],
  ["a list with what is missing marked invalid", [{ path, valid: false }], null],
  ["an object by path (nix 2.19 and later)", { [path]: { narHash: hash, ca: null } }, hash],
  ["an object with null for what is missing", { [path]: null }, null],
])("the nar hash is read from %s", (_, json, expected) => {
  expect(parseNarHash(JSON.stringify(json), path)).toBe(expected);
});

test("the nar hash is the asked path's, though its closure follows (captured)", () => {
  const built = "/nix/store/17mqxhw7amfqw8pmnq9wa90gpa5f5419-b2";
  expect(parseNarHash(readFileSync(captured, "utf8"), built)).toBe(hash);
});
