import { type ComponentProps, type ReactNode, useId } from "react";
import styles from "./Field.module.css";
import { focusOnce } from "./focus-once.ts";

type Words = { label: string; help?: ReactNode; error?: string | undefined };

function describedBy(id: string, { help, error }: Words): string | undefined {
  const parts = [error && `${id}-error`, help && `${id}-help`].filter(Boolean);
  return parts.length > 0 ? parts.join(" ") : undefined;
}

function Frame({ id, label, help, error, children }: Words & { id: string; children: ReactNode }) {
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children}
      {error && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
      {help && (
        <p id={`${id}-help`} className={styles.help}>
          {help}
        </p>
      )}
    </div>
  );
}

export function TextField({ label, help, error, ...input }: Words & ComponentProps<"input">) {
  const id = useId();
  return (
    <Frame id={id} label={label} help={help} error={error}>
      <input
        spellCheck={false}
        autoComplete="off"
        {...input}
        id={id}
        className={styles.input}
        aria-invalid={error !== undefined}
        aria-describedby={describedBy(id, { label, help, error })}
      />
    </Frame>
  );
}

export function TextArea({ label, help, error, ...input }: Words & ComponentProps<"textarea">) {
  const id = useId();
  return (
    <Frame id={id} label={label} help={help} error={error}>
      <textarea
        spellCheck={false}
        rows={3}
        {...input}
        id={id}
        className={styles.input}
        aria-invalid={error !== undefined}
        aria-describedby={describedBy(id, { label, help, error })}
      />
    </Frame>
  );
}

type SegmentsProps<Value extends string> = {
  label: string;
  name: string;
  options: { value: Value; label: string }[];
  chosen: Value;
  onChoose: (value: Value) => void;
  autoFocus?: boolean;
};

/** A few words of which one holds. */
export function Segments<Value extends string>(props: SegmentsProps<Value>) {
  const { label, name, options, chosen, onChoose, autoFocus = false } = props;
  return (
    <fieldset className={styles.segments}>
      <legend className="visually-hidden">{label}</legend>
      {options.map((option) => (
        <label key={option.value} data-chosen={option.value === chosen}>
          <input
            type="radio"
            name={name}
            checked={option.value === chosen}
            ref={autoFocus && option.value === chosen ? focusOnce : null}
            onChange={() => onChoose(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
