import { type RefObject, useEffect } from "react";
import { isEditable } from "../use-key.ts";

/** Focuses the field at once, and again on the first letter typed elsewhere: the letter then lands in it. */
export function useTypingInto(field: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
    function press(event: KeyboardEvent) {
      const isLetter = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey;
      if (!isLetter || isEditable(event.target)) return;
      field.current?.focus();
      field.current?.select();
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [field]);
}
