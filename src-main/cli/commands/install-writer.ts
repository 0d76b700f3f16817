import { installOwnWriter } from "#adapters/writer/install-own.ts";
import type { Context } from "../context.ts";

/** Nothing of a data folder is opened: it runs as root, whose data is not the user's. */
export async function installWriter({ report }: Context): Promise<void> {
  const folder = await installOwnWriter();
  report.result(
    { folder },
    `The writer is installed in ${folder}. Floppy asks for a password when a drive needs it.`,
  );
}
