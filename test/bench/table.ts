import type { Result } from "./benchmark.ts";

/** A result for a person: what it is, then one line each for us, the target and the others, with ratios. */
export function formatResult(title: string, { name, value, unit, target, met, peers }: Result): string {
  const line = (label: string, amount: number | null, note = "") => {
    const figure = amount === null ? "–".padStart(8) : amount.toFixed(2).padStart(8);
    const ratio = amount === null || note ? note : `${(value / amount).toFixed(2)} ×`;
    return `  ${label.padEnd(26)}${figure} ${unit.padEnd(4)}${ratio}`;
  };
  return [
    `${name}: ${title}`,
    line("Floppy", value, met ? "target met" : "TARGET MISSED"),
    line("target, at most", target),
    ...Object.entries(peers).map(([label, amount]) => line(label, amount)),
    "",
  ].join("\n");
}

const columns = ["limit of the medium", "dd + cmp", "bmaptool", "etcher-sdk, plain", "etcher-sdk, as Etcher"];

/** All results as one table in Markdown: a row each, those that do the same work in columns, the rest in the last. */
export function formatTable(results: { title: string; result: Result }[]): string {
  const head = ["work", "Floppy", "at most", ...columns, "beside"];
  const rows = results.map(({ title, result }) => {
    const { value, unit, target, met, peers } = result;
    const cell = (amount: number | null | undefined) =>
      amount === undefined ? "" : amount === null ? "cannot" : `${amount.toFixed(2)} ${unit}`;
    const others = Object.entries(peers).filter(([label]) => !columns.includes(label));
    return [
      title,
      met ? `**${cell(value)}**` : `**${cell(value)}**, missed`,
      cell(target),
      ...columns.map((label) => cell(peers[label])),
      others.map(([label, amount]) => `${label} ${cell(amount)}`).join("; "),
    ];
  });
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
