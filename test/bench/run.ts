/** `npm run bench -- [--json] [NAME…]`: measures the named benchmarks, or all. Ends with 1 where a target is missed. */
import { parseArgs } from "node:util";
import type { Benchmark, Result } from "./benchmark.ts";
import { growthBenchmarks } from "./growth.ts";
import { inventoryBenchmarks } from "./inventory.ts";
import { manyBenchmarks } from "./many.ts";
import { oldContentBenchmarks } from "./old-content.ts";
import { overheadBenchmarks } from "./overhead.ts";
import { pushBenchmarks } from "./push.ts";
import { startupBenchmarks } from "./startup.ts";
import { formatResult, formatTable } from "./table.ts";
import { writeBenchmarks } from "./write.ts";

/** Every benchmark; a new one is a file beside this one and a line here. */
const benchmarks: Benchmark[] = [
  ...writeBenchmarks,
  ...oldContentBenchmarks,
  ...manyBenchmarks,
  ...growthBenchmarks,
  ...startupBenchmarks,
  ...overheadBenchmarks,
  ...pushBenchmarks,
  ...inventoryBenchmarks,
];

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false } },
  allowPositionals: true,
});

/** By its name, or by the name that several have in common: `push` is `push-6` and `push-100`. */
function calledBy(name: string): Benchmark[] {
  const exact = benchmarks.filter((benchmark) => benchmark.name === name);
  return exact.length > 0 ? exact : benchmarks.filter((benchmark) => benchmark.name.startsWith(`${name}-`));
}

const unknown = positionals.filter((name) => calledBy(name).length === 0);
if (unknown.length > 0) {
  console.error(
    `No such benchmark: ${unknown.join(", ")}. There are: ${benchmarks.map(({ name }) => name).join(", ")}.`,
  );
  process.exit(2);
}

const named = new Set(positionals.flatMap(calledBy));
const chosen = benchmarks.filter((benchmark) => named.size === 0 || named.has(benchmark));
const measured: { title: string; result: Result }[] = [];
for (const { name, title, measure } of chosen) {
  const { value, unit, target, peers } = await measure();
  const result: Result = { name, value, unit, target, met: value <= target, peers };
  measured.push({ title, result });
  console.log(values.json ? JSON.stringify(result) : formatResult(title, result));
}
if (!values.json) console.log(formatTable(measured));
process.exitCode = measured.every(({ result }) => result.met) ? 0 : 1;
