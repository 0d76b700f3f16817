import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import styles from "./HoldButton.module.css";

const HOLD_MS = 1000;

type HoldButtonProps = { children: ReactNode; disabled?: boolean; onHeld: () => void };

/**
 * The deliberate act: pressed and held for a second by mouse, touch, Enter or Space.
 * A key that was already down when the button got the focus does not count.
 */
export function HoldButton({ children, disabled = false, onHeld }: HoldButtonProps) {
  const [holding, setHolding] = useState(false);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  function begin() {
    if (disabled || timer.current !== undefined) return;
    setHolding(true);
    timer.current = window.setTimeout(() => {
      release();
      onHeld();
    }, HOLD_MS);
  }

  function release() {
    window.clearTimeout(timer.current);
    timer.current = undefined;
    setHolding(false);
  }

  function press(event: KeyboardEvent) {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    if (!event.repeat) begin();
  }

  function lift(event: KeyboardEvent) {
    event.preventDefault();
    release();
  }

  return (
    <button
      type="button"
      className={styles.hold}
      data-holding={holding}
      disabled={disabled}
      aria-describedby="hold-hint"
      onPointerDown={(event) => event.button === 0 && begin()}
      onPointerUp={release}
      onPointerLeave={release}
      onPointerCancel={release}
      onKeyDown={press}
      onKeyUp={lift}
      onBlur={release}
      onContextMenu={(event) => event.preventDefault()}
    >
      <span className={styles.fill} />
      <span className={styles.words}>{children}</span>
      <span id="hold-hint" className="visually-hidden">
        Press and hold for one second
      </span>
    </button>
  );
}
