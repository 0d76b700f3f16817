import type { PracticeImages } from "#core/ports/images.ts";
import { failure } from "./failure.ts";
import { runWriter } from "./process.ts";

/** Images to practise with, in `folder`; the writer's program makes them, where file systems are made. */
export function createPracticeImages(options: { command: string[]; folder: string }): PracticeImages {
  const { command, folder } = options;
  return {
    async image(medium, signal) {
      const exit = await runWriter(command, { job: "practice", medium, folder }, () => undefined, signal);
      if (exit.last?.event === "made") return exit.last.path;
      throw failure(exit);
    },
  };
}
