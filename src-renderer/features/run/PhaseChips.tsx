import type { Phase, PhaseName, Run } from "#contract/runs.ts";
import { mediumIsDone } from "#contract/runs.ts";
import { CheckIcon, CrossIcon, DotIcon, PauseIcon, RingIcon } from "../../ui/icons.tsx";
import { phaseNames } from "../words.ts";
import styles from "./run.module.css";

/** Columns of chips: what belongs together stands below each other, as the rail has it. */
const mediumColumns: readonly PhaseName[][] = [["image"], ["write"], ["verify"]];
const targetColumns: readonly PhaseName[][] = [
  ["partition", "mount", "configure"],
  ["install"],
  ["check", "reboot"],
  ["confirm"],
];

type Chip = Phase & { column: number };

/** The medium's phases until it is made, then the target's: never more than can be taken in at a glance. */
function chipsOf(run: Run): Chip[] {
  const columns = run.kind === "install" && mediumIsDone(run) ? targetColumns : mediumColumns;
  return columns.flatMap((names, index) =>
    run.phases.filter(({ name }) => names.includes(name)).map((phase) => ({ ...phase, column: index + 1 })),
  );
}

const shapes = {
  waiting: RingIcon,
  running: DotIcon,
  done: CheckIcon,
  failed: CrossIcon,
  cancelled: PauseIcon,
} as const;
const words = {
  waiting: "to come",
  running: "running",
  done: "done",
  failed: "failed",
  cancelled: "cancelled",
} as const;

export function PhaseChips({ run }: { run: Run }) {
  return (
    <ol className={styles.chips} aria-label="Phases">
      {chipsOf(run).map(({ name, status, column }) => {
        const Shape = shapes[status.state];
        return (
          <li key={name} data-state={status.state} data-column={column}>
            <Shape size={14} />
            {name === "image" && status.state === "done" ? "Image ready" : phaseNames[name]}
            <span className="visually-hidden">, {words[status.state]}</span>
          </li>
        );
      })}
    </ol>
  );
}
