import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { fingerprint } from "#contract/fingerprint.ts";
import { hostKey } from "../../support/renderer/bench-data.ts";

test("a fingerprint is the unpadded SHA-256 of the key's blob", async () => {
  const blob = Buffer.from(hostKey.split(" ")[1] ?? "", "base64");
  const digest = createHash("sha256").update(blob).digest("base64").replace("=", "");
  expect(await fingerprint(hostKey)).toBe(`SHA256:${digest}`);
});
