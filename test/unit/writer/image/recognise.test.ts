import { expect, it } from "vitest";
import { isRecognised } from "../../../../src-main/writer/image/recognise.ts";

it.each([
  ["a partition table", 510, "55aa"],
  ["an ISO", 32769, "4344303031"],
  ["an ext4 without a table", 1080, "53ef"],
  ["a Btrfs without a table", 65600, "5f42485266535f4d"],
])("recognises %s", (_what, offset, bytes) => {
  const head = Buffer.alloc(1024 ** 2);
  head.write(bytes, offset, "hex");
  expect(isRecognised(head)).toBe(true);
});

it("recognises neither a text, nor zeros, nor what is too short to hold anything", () => {
  expect(isRecognised(Buffer.from("Dear diary,\n".repeat(10_000)))).toBe(false);
  expect(isRecognised(Buffer.alloc(1024 ** 2))).toBe(false);
  expect(isRecognised(Buffer.from("U"))).toBe(false);
});
