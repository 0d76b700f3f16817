import { expect, it } from "vitest";
import { carriesIdentity } from "#contract/identity.ts";
import { fakeInspection } from "../../support/fake-ports.ts";

it("is carried by a card whose image has a FAT partition, or may have one", () => {
  expect(carriesIdentity("card", fakeInspection())).toBe(true);
  expect(carriesIdentity("card", null)).toBe(true);
  expect(carriesIdentity("card", fakeInspection({ firmware: null }))).toBe(false);
});

it("is not carried by a stick, whatever partitions its installer has", () => {
  expect(carriesIdentity("stick", fakeInspection())).toBe(false);
});
