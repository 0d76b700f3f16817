import { isTargetPhase, type Run, type targetPhases } from "#contract/runs.ts";
import { Button } from "../../ui/Button.tsx";
import { phaseNames } from "../words.ts";
import styles from "./run.module.css";

type AgainFromProps = { run: Run; onAgain: (from: (typeof targetPhases)[number]) => void };

/** For a failure whose cause lies further back: everything from an earlier phase on, anew. */
export function AgainFrom({ run, onAgain }: AgainFromProps) {
  const begun = run.phases.flatMap(({ name, status }) =>
    isTargetPhase(name) && name !== "boot" && status.state === "done" ? [name] : [],
  );
  if (begun.length === 0) return null;
  return (
    <details className={styles.again}>
      <summary>Do an earlier phase again</summary>
      <p>
        It and all after it are done anew. From “{phaseNames.plan}” on the disk is chosen again; from “
        {phaseNames.partition}” on it is erased again.
      </p>
      <div className={styles.againPhases}>
        {begun.map((name) => (
          <Button key={name} look="quiet" onClick={() => onAgain(name)}>
            From {phaseNames[name]}
          </Button>
        ))}
      </div>
    </details>
  );
}
