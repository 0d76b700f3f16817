import { describe, expect, it } from "vitest";
import type { FoundManifest } from "#contract/manifest.ts";
import type { Downloads } from "#core/ports.ts";
import { fakePorts } from "../../../support/fake-ports.ts";
import { openRecording, request } from "../../../support/runs.ts";

const sha256 = "a".repeat(64);
const image = {
  target: "raspberry-robot",
  urls: ["https://images.example.org/robot.img"],
  fileBytes: 1000,
  sha256,
  builtFrom: "3f2a91c",
};
const manifest = (change: Partial<typeof image> = {}): FoundManifest => ({
  url: "https://images.example.org/images.json",
  signature: { state: "signed", comment: "of Monday" },
  kept: null,
  images: [{ ...image, ...change, here: false }],
});

async function bench(change: Partial<Downloads> = {}) {
  const forgotten: string[] = [];
  const ports = fakePorts();
  ports.stored = { ...ports.stored, manifest: { url: manifest().url, publicKey: null } };
  Object.assign(ports.downloads, {
    manifest: async () => manifest(),
    image: async (_image, observe) => {
      observe.progress({ position: 500, sizeBytes: 1000, speed: 1, averageSpeed: 1, etaSeconds: 1 });
      return "/downloads/robot.img";
    },
    forget: async ({ sha256: gone }) => void forgotten.push(gone),
    ...change,
  } satisfies Partial<Downloads>);
  const recording = await openRecording(ports);
  const start = (sha: string) =>
    recording.floppy.handlers["runs.start"]({ ...request, image: { kind: "download", sha256: sha } });
  return { ...recording, forgotten, start };
}

describe("a run whose image is downloaded", () => {
  it("writes the image of the manifest and remembers where it came from", async () => {
    const { start, reached, payloads } = await bench();
    const done = reached("done");
    await start(sha256);
    const run = await done;
    expect(run.image).toMatchObject({
      path: "/downloads/robot.img",
      provenance: { source: "manifest", sha256, builtFrom: "3f2a91c", signed: true },
    });
    const progress = payloads("run").map(({ phases: [phase] }) =>
      phase?.status.state === "running" ? phase.status.progress : null,
    );
    expect(progress).toContainEqual(expect.objectContaining({ kind: "transfer", position: 500 }));
  });

  it("fails before anything is written where the manifest names another image since", async () => {
    const { start, reached } = await bench({ manifest: async () => manifest({ sha256: "c".repeat(64) }) });
    const failed = reached("failed");
    await start(sha256);
    expect((await failed).status).toMatchObject({
      phase: "image",
      error: { code: "MANIFEST_IMAGE_MISSING" },
    });
  });

  it("removes a download that was damaged on the disk, and does not write it", async () => {
    const other = "b".repeat(64);
    const { start, reached, forgotten } = await bench({ manifest: async () => manifest({ sha256: other }) });
    const failed = reached("failed");
    await start(other);
    expect((await failed).status).toMatchObject({ phase: "image", error: { code: "IMAGE_CHANGED" } });
    expect(forgotten).toEqual([other]);
  });
});
