import type { Image } from "#contract/images.ts";
import { buildRequest } from "../../images/obtain.ts";
import type { Phase } from "../../runs/kind.ts";
import type { MediumWork } from "../work.ts";

const origins = {
  nix: "built",
  file: "from a file",
  manifest: "downloaded",
  practice: "for practice",
} as const;

function summaryOf({ provenance, sha256 }: Image, whileWritten: boolean): string {
  const origin = whileWritten ? "downloaded while written" : origins[provenance.source];
  return `${origin} · ${sha256.slice(0, 4)}…${sha256.slice(-4)}`;
}

/** Gets the image: built, downloaded, or looked at where it lies. */
export const image: Phase<MediumWork> = {
  name: "image",
  needs: [],
  meanwhile: { state: "building" },
  leaves: () => ({ state: "registered" }),
  forget: (run) => ({ ...run, image: null }),
  async perform({ ports, recorder, settings, host, means, wanted, signal }) {
    await recorder.begin("image");
    const { imageChoice, target } = recorder.current();
    const obtained = await means.obtainImage({
      choice: imageChoice,
      request: buildRequest(ports, settings, host, target),
      toWrite: wanted?.includes("write") ?? true,
      observe: {
        progress(progress) {
          recorder.progress("image", progress);
          if (progress.kind === "transfer") recorder.progress("write", { ...progress, kind: "arrival" });
        },
        log: recorder.log,
      },
      signal,
    });
    await recorder.change((run) => ({ ...run, image: obtained.image }));
    await recorder.finish("image", summaryOf(obtained.image, obtained.arrival !== null));
  },
};
