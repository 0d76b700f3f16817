import { useEffect, useEffectEvent } from "react";

export function isEditable(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && !["radio", "checkbox", "button"].includes(target.type);
}

function isPlain(event: KeyboardEvent): boolean {
  return !event.defaultPrevented && !event.ctrlKey && !event.altKey && !event.metaKey;
}

/** One key for the whole screen. Letters belong to the field that has the focus; Escape does not. */
export function useKey(key: string, act: () => void, enabled = true): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (!enabled || event.key.toLowerCase() !== key.toLowerCase() || !isPlain(event)) return;
    if (key.length === 1 && isEditable(event.target)) return;
    event.preventDefault();
    act();
  });
  useEffect(() => {
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

/** Enter with the focus nowhere does the screen's main act. */
export function useEnterAnywhere(act: () => void): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.repeat || !isPlain(event) || event.target !== document.body) return;
    event.preventDefault();
    act();
  });
  useEffect(() => {
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
