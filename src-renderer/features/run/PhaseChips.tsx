import type { Phase, PhaseName } from "#contract/runs.ts";
import { CheckIcon, CrossIcon, DotIcon, PauseIcon, RingIcon } from "../../ui/icons.tsx";
import styles from "./run.module.css";

const names: Record<PhaseName, string> = { image: "Image", write: "Write", verify: "Verify" };
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

export function PhaseChips({ phases }: { phases: Phase[] }) {
  return (
    <ol className={styles.chips} aria-label="Phases">
      {phases.map(({ name, status }) => {
        const Shape = shapes[status.state];
        return (
          <li key={name} data-state={status.state}>
            <Shape size={14} />
            {name === "image" && status.state === "done" ? "Image ready" : names[name]}
            <span className="visually-hidden">, {words[status.state]}</span>
          </li>
        );
      })}
    </ol>
  );
}
