import { useEffect } from "react";
import type { Settings } from "#contract/settings.ts";

/** The theme of the settings on the whole document; `system` leaves the choice to the browser. */
export function useTheme(theme: Settings["theme"]): void {
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
}
