import { useState } from "react";
import type { DriveTask } from "#contract/drive-tasks.ts";
import { useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { formatDuration, formatPart, formatSpeed, percentOf } from "../../ui/format.ts";
import { BigPercent, Meter, Waiting } from "../../ui/Meter.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useRunAct } from "../run/run-act.tsx";
import { useKey } from "../use-key.ts";
import styles from "./drive-tools.module.css";
import { stageWords, taskLeaves, taskVerb } from "./task-words.ts";

type Running = Extract<DriveTask["status"], { state: "running" }>;

export function TaskUnderWay({ task, onBack }: { task: DriveTask; onBack: () => void }) {
  const { app } = useStores();
  const [isCancelling, setCancelling] = useState(false);
  const { attempt, failure } = useRunAct();
  useKey("Escape", () => (isCancelling ? setCancelling(false) : onBack()));
  const progress = task.status.state === "running" ? task.status.progress : null;
  return (
    <Screen
      title={`${taskVerb(task.request)} ${task.drive.name}`}
      lead="You can go back to the drives. It goes on, and the drive’s card tells where it stands."
      left={
        isCancelling ? (
          <Button onClick={() => attempt(app.cancelTask(task.id))}>Cancel it</Button>
        ) : (
          <Button onClick={() => setCancelling(true)}>Cancel…</Button>
        )
      }
      hint={isCancelling && taskLeaves(task.request)}
      right={
        isCancelling ? (
          <Button look="main" onClick={() => setCancelling(false)}>
            Keep going
          </Button>
        ) : (
          <Button onClick={onBack}>Back to the drives</Button>
        )
      }
    >
      {failure}
      <Panel>
        {progress ? (
          <Progress of={progress} />
        ) : (
          <Waiting>Opening the drive… The system may ask for your password.</Waiting>
        )}
      </Panel>
    </Screen>
  );
}

function Progress({ of }: { of: NonNullable<Running["progress"]> }) {
  const { stage, position, sizeBytes, speed, averageSpeed, etaSeconds } = of;
  const percent = percentOf(position, sizeBytes);
  const left = etaSeconds === null ? "" : `${formatDuration(etaSeconds)} left`;
  return (
    <>
      <div className={styles.top}>
        <BigPercent percent={percent} />
        <p className={styles.speed}>
          {formatSpeed(speed)}
          <small>average {formatSpeed(averageSpeed)}</small>
        </p>
      </div>
      <Meter label={`Bytes ${stageWords[stage]}`} percent={percent} spoken={`${percent} percent, ${left}`} />
      <p className={styles.under}>
        <span>
          {formatPart(position, sizeBytes)} {stageWords[stage]}
        </span>
        <span>{left}</span>
      </p>
    </>
  );
}
