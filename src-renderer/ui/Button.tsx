import type { ComponentProps, ReactNode } from "react";
import styles from "./Button.module.css";

type ButtonProps = ComponentProps<"button"> & {
  look?: "main" | "plain" | "quiet";
  /** The key that does the same, shown beside the words. */
  shortcut?: string;
  children: ReactNode;
};

export function Button({ look = "plain", shortcut, children, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} className={styles.button} data-look={look}>
      {children}
      {shortcut && <Key>{shortcut}</Key>}
    </button>
  );
}

export function Key({ children }: { children: ReactNode }) {
  return <kbd className={styles.key}>{children}</kbd>;
}
