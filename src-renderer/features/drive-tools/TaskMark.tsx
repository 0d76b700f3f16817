import type { DriveTask } from "#contract/drive-tasks.ts";
import { percentOf } from "../../ui/format.ts";
import { StateMark } from "../../ui/StateMark.tsx";
import { taskState } from "./task-words.ts";

/** How a drive's last task stands, on the drive's card. */
export function TaskMark({ task }: { task: DriveTask }) {
  const { tone, word } = taskState(task);
  const progress = task.status.state === "running" ? task.status.progress : null;
  return (
    <StateMark tone={tone}>
      {word}
      {progress && ` ${percentOf(progress.position, progress.sizeBytes)} %`}
    </StateMark>
  );
}
