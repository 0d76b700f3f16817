/** A manifest whose image tells what it holds, and a download that the test leads by hand. */
import type { ImageContent } from "#contract/images.ts";
import type { FoundManifest } from "#contract/manifest.ts";
import type { Downloads } from "#core/ports/images.ts";
import { type FakePorts, fakeInspection } from "../fake-ports.ts";

const { format, sizeBytes, firmware } = fakeInspection();
export const content: ImageContent = { format, sizeBytes, firmware, contentHash: "0123456789abcdef" };

export const robotImage = {
  target: "raspberry-robot",
  urls: ["https://images.example.org/robot.img"],
  fileBytes: 1000,
  sha256: "a".repeat(64),
  builtFrom: "3f2a91c",
};

export const robotManifest = (change: Partial<FoundManifest["images"][number]> = {}): FoundManifest => ({
  url: "https://images.example.org/images.json",
  signature: { state: "signed", comment: "of Monday" },
  skipped: [],
  kept: null,
  images: [{ ...robotImage, ...change, here: false }],
});

export function announce(ports: FakePorts, change: Partial<ImageContent> = {}) {
  const found = robotManifest({ content: { ...content, ...change } });
  const download = Promise.withResolvers<string>();
  const signals: AbortSignal[] = [];
  const told = { at: (_bytes: number): void => undefined };
  ports.stored = { ...ports.stored, manifest: { url: found.url, publicKey: null } };
  Object.assign(ports.downloads, {
    manifest: async () => found,
    image: (_image, observe, signal) => {
      signals.push(signal);
      told.at = (position) =>
        observe.progress({ position, sizeBytes: 1000, speed: 1, averageSpeed: 1, etaSeconds: 1 });
      told.at(0);
      observe.begun?.({ part: "/downloads/robot.part", path: "/downloads/robot.img" });
      return download.promise;
    },
  } satisfies Partial<Downloads>);
  return { download, signals, told };
}
