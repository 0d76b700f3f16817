import { describe, expect, it } from "vitest";
import { cancelled, FloppyError } from "#contract/errors.ts";
import type { FlashRequest } from "#core/ports/drives.ts";
import type { Downloads } from "#core/ports/images.ts";
import { announce, content, robotImage, robotManifest } from "../../../support/downloads/announced.ts";
import { fakePorts, obedientWriter } from "../../../support/fake-ports.ts";
import { openRecording, request } from "../../../support/runs.ts";

const { sha256 } = robotImage;

async function bench(change: Partial<Downloads> = {}) {
  const forgotten: string[] = [];
  const ports = fakePorts();
  ports.stored = { ...ports.stored, manifest: { url: robotManifest().url, publicKey: null } };
  Object.assign(ports.downloads, {
    manifest: async () => robotManifest(),
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
    const { start, reached } = await bench({
      manifest: async () => robotManifest({ sha256: "c".repeat(64) }),
    });
    const failed = reached("failed");
    await start(sha256);
    expect((await failed).status).toMatchObject({
      phase: "image",
      error: { code: "MANIFEST_IMAGE_MISSING" },
    });
  });

  it("removes a download that was damaged on the disk, and does not write it", async () => {
    const other = "b".repeat(64);
    const { start, reached, forgotten } = await bench({
      manifest: async () => robotManifest({ sha256: other }),
    });
    const failed = reached("failed");
    await start(other);
    expect((await failed).status).toMatchObject({ phase: "image", error: { code: "IMAGE_CHANGED" } });
    expect(forgotten).toEqual([other]);
  });
});

describe("a run whose image tells what it holds", () => {
  /** A download and a writer that the test leads by hand. */
  async function leading(change: Partial<typeof content> = {}) {
    const flashing = Promise.withResolvers<FlashRequest>();
    const written = Promise.withResolvers<void>();
    const ports = fakePorts({
      writer: {
        ...obedientWriter,
        async flash(asked, writable, observe, signal) {
          flashing.resolve(asked);
          const stopped = new Promise<never>((_, reject) =>
            signal.addEventListener("abort", () => reject(cancelled("Writing"))),
          );
          await Promise.race([written.promise, stopped]);
          return obedientWriter.flash(asked, writable, observe, signal);
        },
      },
    });
    const led = announce(ports, change);
    const recording = await openRecording(ports);
    const start = (asked: Partial<typeof request> = {}) =>
      recording.floppy.handlers["runs.start"]({ ...request, image: { kind: "download", sha256 }, ...asked });
    return { ...recording, ...led, start, flashing: flashing.promise, written };
  }

  it("is written from what has arrived, and the writer hears of what comes", async () => {
    const { start, reached, flashing, told, download, written, payloads } = await leading();
    const done = reached("done");
    await start();
    const { image: asked, arrival } = await flashing;
    expect(asked).toMatchObject({ ...content, path: "/downloads/robot.img", fileBytes: 1000, sha256 });
    expect(arrival?.part).toBe("/downloads/robot.part");
    const heard: number[] = [];
    arrival?.watch((bytes) => heard.push(bytes));
    told.at(700);
    expect(heard).toEqual([0, 700]);
    const progress = () => {
      const status = payloads("run").at(-1)?.phases[1]?.status;
      return status?.state === "running" ? status.progress : null;
    };
    await expect.poll(progress).toMatchObject({ kind: "arrival", position: 700 });
    download.resolve("/downloads/robot.img");
    written.resolve();
    expect((await done).phases[0]).toMatchObject({
      name: "image",
      status: { state: "done", summary: expect.stringContaining("downloaded while written · ") },
    });
  });

  it("fails with the reason why the rest does not come, and says that the medium was begun", async () => {
    const { start, reached, flashing, download } = await leading();
    const failed = reached("failed");
    await start();
    await flashing;
    download.reject(
      new FloppyError("DOWNLOAD_FAILED", "It could not be downloaded.", "Nothing was written."),
    );
    expect((await failed).status).toMatchObject({
      phase: "write",
      error: { code: "DOWNLOAD_FAILED", hint: expect.stringContaining("The medium was begun") },
    });
  });

  it("lets go of the download when it ends before", async () => {
    const { start, reached, flashing, signals, written } = await leading();
    const failed = reached("failed");
    await start();
    await flashing;
    written.reject(new FloppyError("DRIVE_GONE", "The drive was pulled.", "Plug it in."));
    expect((await failed).status).toMatchObject({ error: { code: "DRIVE_GONE" } });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("waits for all of a .zip, whose contents are listed at its end", async () => {
    const { start, reached, download, flashing, written } = await leading({ format: "zip" });
    const done = reached("done");
    await start();
    download.resolve("/downloads/robot.img");
    written.resolve();
    expect((await flashing).arrival).toBeNull();
    await done;
  });

  it("waits for all of it where nothing is written after", async () => {
    const { start, reached, download, payloads } = await leading();
    const paused = reached("paused");
    await start({ phases: ["image"] });
    download.resolve("/downloads/robot.img");
    await paused;
    const summaries = payloads("run").flatMap(({ phases: [phase] }) =>
      phase?.status.state === "done" ? [phase.status.summary] : [],
    );
    expect(summaries.every((summary) => summary.startsWith("downloaded ·"))).toBe(true);
  });
});
