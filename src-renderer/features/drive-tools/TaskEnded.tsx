import type { DriveTask } from "#contract/drive-tasks.ts";
import { useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { formatBytes, formatDuration } from "../../ui/format.ts";
import { HoldButton } from "../../ui/HoldButton.tsx";
import { type Fact, Facts, Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import { useRunAct } from "../run/run-act.tsx";
import { useKey } from "../use-key.ts";
import styles from "./drive-tools.module.css";
import { resultWords, taskLeaves, taskState } from "./task-words.ts";

/** What came of a task, until another one is chosen. */
export function TaskEnded({ task, onBack }: { task: DriveTask; onBack: () => void }) {
  const { app } = useStores();
  const { attempt, failure } = useRunAct();
  useKey("Escape", onBack);
  const { drive, request, status, notes } = task;
  const { tone, word } = taskState(task);
  const replace =
    request.kind === "save" && status.state === "failed" && status.error.code === "FILE_EXISTS"
      ? () => app.replaceSavedDrive(drive.key, request)
      : null;
  const sentences = [...(status.state === "cancelled" ? [taskLeaves(request)] : resultWords(task)), ...notes];
  const facts = factsOf(task);
  return (
    <Screen
      title={`${drive.name}: ${word}`}
      {...(tone === "good" || tone === "bad" ? { tone } : {})}
      left={<Button onClick={() => attempt(app.dismissTask(task.id))}>Another tool</Button>}
      right={
        <Button look="main" autoFocus onClick={onBack}>
          Back to the drives
        </Button>
      }
    >
      {failure}
      {status.state === "failed" && (
        <ErrorNotice
          error={status.error}
          actions={
            replace && <HoldButton onHeld={() => attempt(replace())}>Hold to replace the file</HoldButton>
          }
        />
      )}
      {(sentences.length > 0 || facts.length > 0) && (
        <Panel>
          {sentences.map((sentence) => (
            <p key={sentence} className={styles.words}>
              {sentence}
            </p>
          ))}
          {facts.length > 0 && <Facts facts={facts} />}
        </Panel>
      )}
    </Screen>
  );
}

function factsOf({ status }: DriveTask): Fact[] {
  if (status.state !== "done") return [];
  const { result } = status;
  if (result.kind === "test") return [{ name: "Took", value: formatDuration(result.report.seconds) }];
  if (result.kind === "restore") {
    return [
      { name: "Holds", value: result.restored.filesystem },
      { name: "Label", value: <code>{result.restored.label}</code> },
    ];
  }
  const { saved } = result;
  return [
    { name: "File", value: <code>{saved.path}</code> },
    { name: "Size", value: `${formatBytes(saved.fileBytes)}, unpacked ${formatBytes(saved.sizeBytes)}` },
    { name: "sha256", value: <code>{saved.sha256}</code> },
    { name: "Took", value: formatDuration(saved.seconds) },
  ];
}
