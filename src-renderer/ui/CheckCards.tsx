import { type KeyboardEvent, type ReactNode, useRef } from "react";
import styles from "./ChoiceCards.module.css";
import { focusOnce } from "./focus-once.ts";

export type Check = { value: string; refused: boolean; content: ReactNode };

type CheckCardsProps = {
  label: string;
  checks: Check[];
  chosen: readonly string[];
  onChoose: (values: string[]) => void;
};

/** Check boxes drawn as cards, below each other. Arrow keys walk, Space chooses; what is refused stays readable. */
export function CheckCards({ label, checks, chosen, onChoose }: CheckCardsProps) {
  const group = useRef<HTMLFieldSetElement>(null);
  const first = checks.find((check) => !check.refused)?.value;

  function walk(event: KeyboardEvent<HTMLFieldSetElement>) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    const inputs = [...(group.current?.querySelectorAll("input") ?? [])].filter((input) => !input.disabled);
    inputs[inputs.indexOf(event.target) + step]?.focus();
  }

  const toggle = (value: string) =>
    onChoose(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);

  return (
    <fieldset ref={group} className={styles.cards} data-columns="list" onKeyDown={walk}>
      <legend className="visually-hidden">{label}</legend>
      {checks.map(({ value, refused, content }) => (
        <div key={value} className={styles.place}>
          <label className={styles.card} data-refused={refused} data-chosen={chosen.includes(value)}>
            <input
              type="checkbox"
              checked={chosen.includes(value)}
              disabled={refused}
              ref={value === first ? focusOnce : null}
              onChange={() => toggle(value)}
            />
            <span className={styles.content}>{content}</span>
          </label>
        </div>
      ))}
    </fieldset>
  );
}
