import type { LogLine } from "#contract/runs.ts";

export type Clock = {
  now(): Date;
  newId(): string;
  /** Resolves after that time; CANCELLED on abort. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
};

export type Log = (level: LogLine["level"], text: string) => void;
