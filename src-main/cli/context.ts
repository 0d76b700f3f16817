import type { NamedPlace } from "#adapters/drives/named-places.ts";
import type { Core } from "#core/floppy.ts";
import type { BatchReport } from "./batch-report.ts";
import type { Report } from "./report.ts";
import type { Terminal } from "./terminal.ts";

/** What every command gets to work with. */
export type Context = {
  /** Opens Floppy, over another data folder if one is named. */
  open(dataFolder?: string): Promise<Core>;
  /** What a drive's name leads to on this computer. */
  places(name: string): Promise<NamedPlace[]>;
  /** Takes nothing but words; the reports alone move the cursor. */
  terminal: Terminal;
  report: Report;
  /** As `report`, of so many cards at once. */
  batchReport(size: number): BatchReport;
  json: boolean;
  /** Aborted by Ctrl-C and by the signals that end a process. */
  signal: AbortSignal;
};

/** Opens Floppy for one piece of work and closes it, however that ends. */
export async function withFloppy<Result>(
  context: Context,
  work: (floppy: Core) => Promise<Result>,
  dataFolder?: string,
): Promise<Result> {
  const floppy = await context.open(dataFolder);
  try {
    return await work(floppy);
  } finally {
    await floppy.close();
  }
}

/**
 * As `withFloppy`, for what goes by the catalog: what a script is told must not depend on how soon a flake answers, and a
 * person can wait here, too.
 */
export function withCatalog<Result>(
  context: Context,
  work: (floppy: Core) => Promise<Result>,
  dataFolder?: string,
): Promise<Result> {
  const read = async (floppy: Core) => {
    await floppy.catalogRead();
    return work(floppy);
  };
  return withFloppy(context, read, dataFolder);
}
