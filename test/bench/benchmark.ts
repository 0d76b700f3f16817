/** One thing that is measured against a target. */
export type Benchmark = {
  name: string;
  /** What is measured, for a person. */
  title: string;
  measure(): Promise<Measured>;
};

export type Measured = {
  value: number;
  unit: "s" | "ms" | "MiB";
  /** Met by any value up to it. */
  target: number;
  /** The same thing done by others, or its physical limit, in the same unit; null where they cannot do it. */
  peers: Record<string, number | null>;
};

export type Result = Measured & { name: string; met: boolean };
