/** `npm run bench -- [--json] [NAME…]`: measures the named benchmarks, or all. Ends with 1 where a target is missed. */
import { parseArgs } from "node:util";
import type { Benchmark, Result } from "./benchmark.ts";
import { growthBenchmarks } from "./growth.ts";
import { manyBenchmarks } from "./many.ts";
import { oldContentBenchmarks } from "./old-content.ts";
import { overheadBenchmarks } from "./overhead.ts";
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
];

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false } },
  allowPositionals: true,
});

const unknown = positionals.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  console.error(
    `No such benchmark: ${unknown.join(", ")}. There are: ${benchmarks.map(({ name }) => name).join(", ")}.`,
  );
  process.exit(2);
}

const chosen = benchmarks.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const measured: { title: string; result: Result }[] = [];
for (const { name, title, measure } of chosen) {
  const { value, unit, target, peers } = await measure();
  const result: Result = { name, value, unit, target, met: value <= target, peers };
  measured.push({ title, result });
  console.log(values.json ? JSON.stringify(result) : formatResult(title, result));
}
if (!values.json) console.log(formatTable(measured));
process.exitCode = measured.every(({ result }) => result.met) ? 0 : 1;
