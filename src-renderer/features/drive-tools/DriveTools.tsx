import { useApp } from "../../stores/use-stores.ts";
import { TaskEnded } from "./TaskEnded.tsx";
import { TaskUnderWay } from "./TaskUnderWay.tsx";
import { ToolChoice, type ToolsProps } from "./ToolChoice.tsx";

/** What else can be done with a drive: one choice, then one task, then what came of it. */
export function DriveTools({ drive, onBack }: ToolsProps) {
  const task = useApp((app) => app.driveTasks.find((one) => one.drive.key === drive.key));
  if (!task) return <ToolChoice drive={drive} onBack={onBack} />;
  if (task.status.state === "running") return <TaskUnderWay task={task} onBack={onBack} />;
  return <TaskEnded task={task} onBack={onBack} />;
}
