import { describe, expect, it } from "vitest";
import { parseJob } from "../../../src-main/writer/job.ts";

describe("the job line", () => {
  it("is parsed", () => {
    const job = { job: "inspect", path: "/image.img" };
    expect(parseJob(JSON.stringify(job))).toEqual({ ok: true, job });
  });

  it("is told by its wrong fields, and never quoted", () => {
    const files = [{ path: "key", content: ["SECRET"] }];
    const parsed = parseJob(JSON.stringify({ job: "flash", targets: [{ files }] }));
    expect(parsed).toMatchObject({ ok: false, error: { code: "INVALID_INPUT" } });
    expect(parsed.ok ? "" : parsed.error.message).toContain("targets.0.files.0.content");
    expect(JSON.stringify(parsed)).not.toContain("SECRET");
  });

  it("is told where it is no JSON", () => {
    expect(parseJob("{SECRET")).toMatchObject({
      ok: false,
      error: { message: expect.not.stringContaining("SECRET") },
    });
  });
});
