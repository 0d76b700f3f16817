import { takenWords } from "#contract/claims.ts";
import type { DriveTask } from "#contract/drive-tasks.ts";
import type { Drive, DriveVerdict, Volume } from "#contract/drives.ts";
import type { Run } from "#contract/runs.ts";
import { formatMedium } from "../../ui/format.ts";
import { Names } from "../../ui/Names.tsx";
import { Tag } from "../../ui/Panel.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { TaskMark } from "../drive-tools/TaskMark.tsx";
import styles from "./DriveStep.module.css";

/** What is on it, in a few words: labels where there are, else filesystems. */
export function Content({ volumes }: { volumes: Volume[] }) {
  if (volumes.length === 0) return "empty";
  const names = volumes.map(({ label, filesystem }) =>
    label ? `“${label}”` : (filesystem ?? "unknown data"),
  );
  return <Names of={[...new Set(names)]} />;
}

type DriveCardProps = {
  drive: Drive;
  verdict: DriveVerdict;
  /** The run that works with it right now. */
  takenBy: Run | null;
  task: DriveTask | undefined;
  wasThisRuns: boolean;
};

export function DriveCard({ drive, verdict, takenBy, task, wasThisRuns }: DriveCardProps) {
  const { identity } = drive;
  const facts = [identity.path, identity.serial, drive.port && `port ${drive.port}`].filter(Boolean);
  const mounted = drive.volumes.some((volume) => volume.mountpoints.length > 0);
  return (
    <span className={styles.drive}>
      <span className={styles.head}>
        <strong>{drive.name}</strong>
        <span className={styles.size}>{formatMedium(identity.sizeBytes)}</span>
        {drive.kind === "practice" && <Tag>practice</Tag>}
        {wasThisRuns && <Tag>this run’s</Tag>}
        <Tag>
          <Content volumes={drive.volumes} />
        </Tag>
        {mounted && <Tag>mounted</Tag>}
      </span>
      <span className={styles.facts}>{facts.join(" · ")}</span>
      {takenBy && <StateMark tone="running">{takenWords(takenBy)}</StateMark>}
      {verdict.verdict === "refused" && <StateMark tone="bad">{verdict.reason}</StateMark>}
      {verdict.verdict === "warning" && <StateMark tone="look">{verdict.reason}</StateMark>}
      {task && <TaskMark task={task} />}
    </span>
  );
}
