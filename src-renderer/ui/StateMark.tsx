import type { ReactNode } from "react";
import { CheckIcon, CrossIcon, DotIcon, LookIcon, PauseIcon, RingIcon } from "./icons.tsx";
import styles from "./StateMark.module.css";

export type Tone = "running" | "good" | "look" | "bad" | "paused" | "none";

const shapes = {
  running: DotIcon,
  good: CheckIcon,
  look: LookIcon,
  bad: CrossIcon,
  paused: PauseIcon,
  none: RingIcon,
} as const;

/** A state by colour, by shape and by word. */
export function StateMark({ tone, children }: { tone: Tone; children: ReactNode }) {
  const Shape = shapes[tone];
  return (
    <span className={styles.mark} data-tone={tone}>
      <Shape size={14} />
      {children}
    </span>
  );
}
