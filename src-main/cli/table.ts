import { oneLine } from "#contract/harmless.ts";

/** A cell that had lines of its own would look like rows. */
const cells = (row: string[]) => row.map(oneLine);

/** Rows in aligned columns, two spaces apart. */
export function table(head: string[], rows: string[][]): string {
  const all = [head, ...rows].map(cells);
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
