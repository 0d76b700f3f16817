import fc from "fast-check";
import { expect, it } from "vitest";
import { harmless } from "#contract/harmless.ts";
import { harmless as atLaunch } from "../../../src-main/launch/words.mjs";
import { hostileText } from "../../support/hostile/words.ts";

it("what is said before anything is installed is held to the same rule", () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      expect(atLaunch(text)).toBe(harmless(text));
    }),
  );
});
