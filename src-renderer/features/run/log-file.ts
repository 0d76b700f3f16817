import { setIn } from "#contract/harmless.ts";
import type { LogLine, Run } from "#contract/runs.ts";

/** `FLOPPY-DEL-00007-2026-03-02.log` */
export function logFileName({ serial, startedAt }: Pick<Run, "serial" | "startedAt">): string {
  return `${serial}-${startedAt.slice(0, 10)}.log`;
}

/** The whole log as text: whose it is, then a line for each line. */
export function logFileText(run: Run, lines: LogLine[]): string {
  const head = [
    `# ${run.serial} as ${run.target}, run ${run.id}, ${run.status.state}`,
    `# started ${run.startedAt}`,
  ];
  const body = lines.map(({ at, phase, level, text }) => `${at} ${phase ?? "-"} ${level} ${setIn(text)}`);
  return `${[...head, ...body].join("\n")}\n`;
}
