import { type RefObject, useId, useState } from "react";
import type { InstallPlan } from "#contract/targets.ts";
import { Button } from "../../ui/Button.tsx";
import { HoldButton } from "../../ui/HoldButton.tsx";
import styles from "./disk.module.css";
import { erasureWord, isErasureWord } from "./disk-segments.ts";

type AgreeProps = {
  plan: InstallPlan | null;
  busy: boolean;
  field: RefObject<HTMLInputElement | null>;
  onAgree: (plan: InstallPlan) => void;
};

/** The deliberate act: the disk's own last four, or a second of holding where it has none. */
export function AgreeToErase({ plan, busy, field, onAgree }: AgreeProps) {
  if (plan === null || erasureWord(plan.disk) !== null)
    return <TypeSerial key={plan?.disk.key} plan={plan} busy={busy} field={field} onAgree={onAgree} />;
  return (
    <div className={styles.agree}>
      <span className={styles.ask}>This disk has no serial. Hold the button for a second.</span>
      <HoldButton disabled={busy} onHeld={() => onAgree(plan)}>
        {busy ? "Starting…" : "Erase and install"}
      </HoldButton>
    </div>
  );
}

function TypeSerial({ plan, busy, field, onAgree }: AgreeProps) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const isRight = plan !== null && isErasureWord(plan.disk, typed);
  const isWrong = plan !== null && typed.trim().length >= 4 && !isRight;
  return (
    <form
      className={styles.agree}
      onSubmit={(event) => {
        event.preventDefault();
        if (isRight && !busy) onAgree(plan);
      }}
    >
      <label htmlFor={id} className={styles.ask}>
        To erase it, type the last four of its serial
        {isWrong && <strong role="alert">That is another serial.</strong>}
      </label>
      <input
        ref={field}
        id={id}
        className={styles.word}
        value={typed}
        maxLength={4}
        size={4}
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
