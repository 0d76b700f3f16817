import { broken, type Phase } from "../../runs/kind.ts";
import { layoutQuestions, mountProblems } from "../check-layout.ts";
import { mountCommands } from "../disk-commands.ts";
import { performAll } from "../target.ts";
import { understood } from "../untrustworthy.ts";
import { onLiveTarget, type Work } from "../work.ts";
import { layoutFailed, planOf } from "./partition.ts";

/** Mounts the new file systems as the installed system will have them. */
export const mount: Phase<Work> = {
  name: "mount",
  needs: ["partition"],
  meanwhile: { state: "installing" },
  leaves: broken,
  async perform(work) {
    const { recorder } = work;
    await recorder.begin("mount");
    const { layout, disk } = planOf(work);
    await onLiveTarget(work, "mount", async ({ target }) => {
      await performAll(target, recorder, "mount", mountCommands(layout, disk));
      const questions = layoutQuestions(disk);
      const mounts = await target.ask(questions.mounts);
      const subvolumes = await target.ask(questions.subvolumes);
      const problems = understood("its mounts", () => mountProblems(layout, disk, mounts, subvolumes));
      if (problems.length > 0) throw layoutFailed(problems);
    });
    const count = layout.partitions.reduce((sum, { mounts }) => sum + mounts.length, 0);
    await recorder.finish("mount", `${count} mounts as laid out`);
  },
};
