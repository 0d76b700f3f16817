import { harmless } from "#contract/harmless.ts";
import type { ProgressView } from "./progress-view.ts";

const LABEL_COLUMNS = 11;
const BAR_COLUMNS = { least: 10, most: 30 };

function percent(view: ProgressView): string {
  return view.fraction === null ? "" : `${Math.floor(view.fraction * 100)} %`;
}

function bar(fraction: number, columns: number): string {
  const full = Math.floor(fraction * columns);
  return "█".repeat(full) + "░".repeat(columns - full);
}

/** The details that fit, most important first; a long one is left out, not cut. */
function fitting(details: string[], columns: number): string {
  return details.reduce((line, detail) => {
    const longer = line === "" ? detail : `${line}  ${detail}`;
    return longer.length <= columns ? longer : line;
  }, "");
}

/** What is drawn over has to stay in its line. */
export function drawable(text: string): string {
  return harmless(text).replace(/[\n\t]/g, " ");
}

/** One line of a terminal that wide; never wider, so that it can be drawn over. */
export function terminalLine(view: ProgressView, columns: number): string {
  const label = view.label.padEnd(LABEL_COLUMNS);
  if (view.fraction === null) {
    const room = columns - label.length - 1;
    return `${label} ${fitting(view.details, room)}`.trimEnd().slice(0, Math.max(0, columns));
  }
  const share = percent(view).padStart(5);
  const barColumns = Math.min(BAR_COLUMNS.most, Math.max(BAR_COLUMNS.least, Math.floor(columns / 4)));
  const head = `${label} ${bar(view.fraction, barColumns)} ${share}`;
  const tail = fitting(view.details, columns - head.length - 2);
  return `${head}  ${tail}`.trimEnd().slice(0, Math.max(0, columns));
}

/** A line for a log: whole, however long. */
export function plainLine(view: ProgressView): string {
  const parts = [percent(view), ...view.details].filter((part) => part !== "");
  return parts.length > 0 ? `${view.label}: ${parts.join(", ")}` : view.label;
}

/** Which tenth of the way a view stands at; a log gets one line for each. */
export function milestone(view: ProgressView): string {
  return `${view.label} ${view.fraction === null ? "" : Math.floor(view.fraction * 10)}`;
}
