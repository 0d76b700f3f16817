import { type RefObject, useId, useState } from "react";
import { erasureWord, erasureWordPlace, isErasureWord } from "#contract/erasure-word.ts";
import type { InstallPlan, TargetDisk } from "#contract/targets.ts";
import { Button } from "../../ui/Button.tsx";
import { HoldButton } from "../../ui/HoldButton.tsx";
import styles from "./disk.module.css";

type AgreeProps = {
  plan: InstallPlan | null;
  /** All disks of the machine: what is typed tells the one from the others. */
  disks: TargetDisk[];
  busy: boolean;
  field: RefObject<HTMLInputElement | null>;
  onAgree: (plan: InstallPlan) => void;
};

/** The deliberate act: the end of the disk's own serial, or a second of holding where that tells nothing. */
export function AgreeToErase(props: AgreeProps) {
  const { plan, disks, busy, onAgree } = props;
  if (plan === null || erasureWord(plan.disk, disks).of === "serial")
    return <TypeSerial key={plan?.disk.key} {...props} />;
  return (
    <div className={styles.agree}>
      <span className={styles.ask}>No serial tells this disk from others. Hold the button for a second.</span>
      <HoldButton disabled={busy} onHeld={() => onAgree(plan)}>
        {busy ? "Starting…" : "Erase and install"}
      </HoldButton>
    </div>
  );
}

function TypeSerial({ plan, disks, busy, field, onAgree }: AgreeProps) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const wanted = plan && erasureWord(plan.disk, disks);
  const length = wanted?.word.length ?? 4;
  const isRight = wanted !== null && isErasureWord(wanted, typed);
  const isWrong = wanted !== null && typed.trim().length >= length && !isRight;
  return (
    <form
      className={styles.agree}
      onSubmit={(event) => {
        event.preventDefault();
        if (plan && isRight && !busy) onAgree(plan);
      }}
    >
      <label htmlFor={id} className={styles.ask}>
        To erase it, type {wanted ? erasureWordPlace(wanted) : "the last four of its serial"}
        {isWrong && <strong role="alert">That is another serial.</strong>}
      </label>
      <input
        ref={field}
        id={id}
        className={styles.word}
        value={typed}
        maxLength={length}
        size={length}
        disabled={plan === null || busy}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={isWrong}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button type="submit" look="main" disabled={!isRight || busy}>
        {busy ? "Starting…" : "Erase and install"}
      </Button>
    </form>
  );
}
