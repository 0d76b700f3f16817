import { expect, test } from "vitest";
import { mostKeys, identityRules as texts } from "#contract/identity-rules.ts";

test("the device checks by the very same table: `npx vitest -u` writes it anew", async () => {
  const copy = `${JSON.stringify({ mostKeys, texts }, null, 2)}\n`;
  await expect(copy).toMatchFileSnapshot("../../../nixos/scripts/lib/identity-rules.json");
});
