import { useEffect, useEffectEvent, useState } from "react";
import { createScanner } from "../stores/scanner.ts";
import { isEditable } from "./use-key.ts";

/** A scanner types into whatever has the focus: its serial counts everywhere but in a text field. */
export function useScanner(scanned: (text: string) => void): void {
  const [scanner] = useState(createScanner);
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (isEditable(event.target)) return;
    const text = scanner.press(event.key, event.timeStamp);
    if (text === null) return;
    // Its Enter ends the scan; it must not also press the button under the focus.
    event.preventDefault();
    event.stopPropagation();
    scanned(text);
  });
  useEffect(() => {
    document.addEventListener("keydown", press, { capture: true });
    return () => document.removeEventListener("keydown", press, { capture: true });
  }, []);
}
