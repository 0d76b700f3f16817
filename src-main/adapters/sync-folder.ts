import { open } from "node:fs/promises";

/** What was made, renamed or removed in it is so after a power cut, too. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}
