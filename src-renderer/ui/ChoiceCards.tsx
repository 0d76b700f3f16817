import { type KeyboardEvent, type ReactNode, useRef } from "react";
import styles from "./ChoiceCards.module.css";
import { focusOnce } from "./focus-once.ts";

/** `aside` is what else can be done with it: a button beside the choice, not part of it. */
export type Choice = { value: string; refused: boolean; content: ReactNode; aside?: ReactNode };

type ChoiceCardsProps = {
  label: string;
  name: string;
  choices: Choice[];
  chosen: string | null;
  onChoose: (value: string) => void;
  columns?: "grid" | "list";
  autoFocus?: boolean;
};

type Direction = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight";
const directions: readonly string[] = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];

const middle = (box: DOMRect) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

/** How far `box` is in that direction: along it, and three times as dear across it; null if it lies elsewhere. */
function distance(from: DOMRect, box: DOMRect, direction: Direction): number | null {
  const dx = middle(box).x - middle(from).x;
  const dy = middle(box).y - middle(from).y;
  const along = { ArrowUp: -dy, ArrowDown: dy, ArrowLeft: -dx, ArrowRight: dx }[direction];
  const across = direction === "ArrowUp" || direction === "ArrowDown" ? dx : dy;
  return along > 4 ? along + 3 * Math.abs(across) : null;
}

function nearest(inputs: HTMLInputElement[], from: HTMLInputElement, direction: Direction) {
  const cardOf = (input: HTMLInputElement) => (input.parentElement ?? input).getBoundingClientRect();
  const measured = inputs.flatMap((input) => {
    const far = distance(cardOf(from), cardOf(input), direction);
    return far === null ? [] : [{ input, far }];
  });
  return measured.sort((one, other) => one.far - other.far)[0]?.input;
}

/** Radio buttons drawn as cards. Arrow keys go where they point; what is refused stays readable. */
export function ChoiceCards(props: ChoiceCardsProps) {
  const { label, name, choices, chosen, onChoose, columns = "grid", autoFocus = false } = props;
  const group = useRef<HTMLFieldSetElement>(null);
  const first = choices.find((choice) => !choice.refused)?.value;
  const focused = choices.some((choice) => choice.value === chosen && !choice.refused) ? chosen : first;

  function move(event: KeyboardEvent<HTMLFieldSetElement>) {
    if (!directions.includes(event.key) || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    const inputs = [...(group.current?.querySelectorAll("input") ?? [])].filter((input) => !input.disabled);
    const next = nearest(inputs, event.target, event.key as Direction);
    next?.focus();
    if (next) onChoose(next.value);
  }

  return (
    <fieldset ref={group} className={styles.cards} data-columns={columns} onKeyDown={move}>
      <legend className="visually-hidden">{label}</legend>
      {choices.map(({ value, refused, content, aside }) => (
        <div key={value} className={styles.place}>
          <label className={styles.card} data-refused={refused} data-chosen={value === chosen}>
            <input
              type="radio"
              name={name}
              value={value}
              checked={value === chosen}
              disabled={refused}
              // The step's first question is where the keyboard belongs.
              ref={autoFocus && value === focused ? focusOnce : null}
              onChange={() => onChoose(value)}
            />
            <span className={styles.content}>{content}</span>
          </label>
          {aside && <div className={styles.aside}>{aside}</div>}
        </div>
      ))}
    </fieldset>
  );
}
