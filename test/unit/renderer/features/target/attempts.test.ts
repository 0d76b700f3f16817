import { expect, test } from "vitest";
import { newest } from "../../../../../src-renderer/features/target/attempts.ts";

test("an outcome that repeats is shown once, where it was last seen", () => {
  const refused = { address: "192.168.1.47", outcome: "nothing listens there yet" };
  const silent = { address: "192.168.1.47", outcome: "no answer" };
  expect(newest([refused, silent, refused])).toEqual([silent, refused]);
});

test("of very many the last are shown", () => {
  const many = Array.from({ length: 500 }, (_, index) => ({ address: `10.0.0.${index}`, outcome: "silent" }));
  expect(newest(many)).toEqual(many.slice(-12));
});
