import { broken, type Phase } from "../../runs/kind.ts";
import type { MediumWork } from "../work.ts";
import { write } from "./write.ts";

/** Reads back what was written. The writer does it in the same pass, so that alone it means to write anew. */
export const verify: Phase<MediumWork> = {
  name: "verify",
  needs: ["image"],
  meanwhile: { state: "verifying" },
  leaves: broken,
  perform: write.perform,
};
