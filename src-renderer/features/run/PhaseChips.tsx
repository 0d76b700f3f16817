import { isTargetPhase, type Phase, type Run } from "#contract/runs.ts";
import { CheckIcon, CrossIcon, DotIcon, PauseIcon, RingIcon } from "../../ui/icons.tsx";
import { phaseNames } from "../words.ts";
import styles from "./run.module.css";

/** The medium's phases until it is made, then the target's: never more than can be taken in at a glance. */
function phasesAtHand({ phases }: Pick<Run, "phases">): Phase[] {
  const target = phases.filter(({ name }) => isTargetPhase(name));
  const begun = target.some(({ status }) => status.state !== "waiting");
  return begun ? target.filter(({ name }) => name !== "boot" && name !== "reach") : phases.slice(0, 3);
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
      {phasesAtHand(run).map(({ name, status }) => {
        const Shape = shapes[status.state];
        return (
          <li key={name} data-state={status.state}>
            <Shape size={14} />
            {name === "image" && status.state === "done" ? "Image ready" : phaseNames[name]}
            <span className="visually-hidden">, {words[status.state]}</span>
          </li>
        );
      })}
    </ol>
  );
}
