import { type ReactNode, useRef } from "react";
import { useEnterAnywhere, useKey } from "../use-key.ts";
import styles from "./wizard.module.css";

type StepFormProps = { onMainAct: () => void; onBack?: (() => void) | undefined; children: ReactNode };

/** A question as a form: Enter does the main act wherever the focus is, Escape goes back. */
export function StepForm({ onMainAct, onBack, children }: StepFormProps) {
  const form = useRef<HTMLFormElement>(null);
  useKey("Escape", () => onBack?.());
  useEnterAnywhere(() => form.current?.requestSubmit());
  return (
    <form
      ref={form}
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onMainAct();
      }}
    >
      {children}
    </form>
  );
}
