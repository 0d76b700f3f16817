import { describe, expect, it } from "vitest";
import { errorCodes } from "#contract/errors.ts";
import { describeExitCodes, exitCodeOf, exitCodes } from "../../../src-main/cli/exit-codes.ts";

describe("exit codes", () => {
  it.each(errorCodes)("%s ends with a code that is listed and not 0", (code) => {
    expect(Object.values(exitCodes)).toContain(exitCodeOf(code));
    expect(exitCodeOf(code)).not.toBe(0);
  });

  it("tell a refused drive, image and device apart", () => {
    const codes = (["DRIVE_SYSTEM", "IMAGE_EMPTY", "SERIAL_INVALID", "NIX_MISSING"] as const).map(exitCodeOf);
    expect(new Set(codes).size).toBe(4);
  });

  it("are all explained in the help", () => {
    for (const code of Object.values(exitCodes))
      expect(describeExitCodes()).toMatch(new RegExp(`^ +${code} `, "m"));
  });
});
