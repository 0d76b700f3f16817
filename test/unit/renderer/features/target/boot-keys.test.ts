import { expect, test } from "vitest";
import { bootKeyOf, bootKeys, litKeys } from "../../../../../src-renderer/features/target/boot-keys.ts";

test("the host’s own maker comes from its name in the catalog", () => {
  expect(bootKeyOf("dell Dell laptop")).toMatchObject({ maker: "Dell", key: "F12" });
  expect(bootKeyOf("hp HP EliteBook")).toMatchObject({ maker: "HP", key: "F9" });
});

test("a host of no maker gets the key that most makers chose", () => {
  expect(bootKeyOf("generic Generic PC")).toMatchObject({ maker: "most makers", key: "F12" });
});

test("a key of the top row is lit, two where either does; another key stands alone", () => {
  expect(litKeys("F12")).toEqual(["F12"]);
  expect(litKeys("Esc or F8")).toEqual(["Esc", "F8"]);
  expect(litKeys("Volume down")).toEqual([]);
});

test("each maker is named once", () => {
  expect(new Set(bootKeys.map(({ maker }) => maker)).size).toBe(bootKeys.length);
});
