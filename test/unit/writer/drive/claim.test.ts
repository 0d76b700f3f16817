import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { toErrorData } from "#contract/errors.ts";
import { fileIdentity } from "#core/drives/identity.ts";
import { claim } from "../../../../src-main/writer/drive/claim.ts";

let path: string;

beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), "floppy-claim-")), "practice-1.floppy-practice");
  writeFileSync(path, Buffer.alloc(4096));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(join(path, ".."), { recursive: true });
});

it("says which tool is missing, and not that the drive was unplugged", async () => {
  vi.stubEnv("PATH", "/nowhere");
  const checked = { path, kind: "file" as const, logicalSectorBytes: 512, mounts: [] };
  const identity = fileIdentity({ path, sizeBytes: 4096, readOnly: false });
  const thrown = await claim(checked, identity, () => undefined).catch((error: unknown) => error);
  expect(toErrorData(thrown)).toMatchObject({
    code: "TOOL_MISSING",
    message: expect.stringContaining("flock"),
  });
});
