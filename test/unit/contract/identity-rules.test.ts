import { expect, test } from "vitest";
import { catalog } from "#contract/catalog.ts";
import { mostKeys, identityRules as texts } from "#contract/identity-rules.ts";
import { manifestImage } from "#contract/manifest.ts";
import { readAnnouncedText } from "#core/install/announced-text.ts";
import copy from "../../../nixos/catalog.json" with { type: "json" };

test("the device checks by the very same table: `npx vitest -u` writes it anew", async () => {
  const table = `${JSON.stringify({ mostKeys, texts }, null, 2)}\n`;
  await expect(table).toMatchFileSnapshot("../../../nixos/scripts/lib/identity-rules.json");
});

const longest = "x".repeat(31);
const target = `${longest}-${longest}`;

test("the longest names that a catalog may hold go wherever a target goes", () => {
  const [host] = copy.hosts;
  const named = (name: string) => catalog.safeParse({ ...copy, hosts: [{ ...host, name }] }).success;
  expect([named(longest), named(`${longest}x`)]).toEqual([true, false]);
  expect(manifestImage.shape.target.safeParse(target).success).toBe(true);
  const announced = [`target=${target}`, `run=${"r".repeat(texts.runId.mostBytes)}`].map((text) =>
    Buffer.from(text),
  );
  expect(readAnnouncedText(announced)).toMatchObject({ target, runId: expect.any(String) });
  expect(target.length).toBeLessThanOrEqual(63);
});
