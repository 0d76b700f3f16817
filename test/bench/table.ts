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
