import { expect, it, vi } from "vitest";
import { tellBehind } from "#core/images/behind.ts";
import { fakeInspection } from "../../../support/fake-ports.ts";

it.each([
  [
    "openwrt",
    "warning",
    /1234 bytes that are not part of it \(OpenWrt’s metadata and signature\): not written/,
  ],
  ["zeros", "info", /1234 bytes that are not part of it \(zeros\)/],
] as const)("what lies behind an image is told of: %s", (kind, level, text) => {
  const log = vi.fn();
  tellBehind(log, fakeInspection({ behind: { kind, bytes: 1234 } }));
  expect(log).toHaveBeenCalledExactlyOnceWith(level, expect.stringMatching(text));
});

it("of an image with nothing behind it there is nothing to tell", () => {
  const log = vi.fn();
  tellBehind(log, fakeInspection());
  expect(log).not.toHaveBeenCalled();
});
