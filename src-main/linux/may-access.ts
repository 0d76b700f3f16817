import { access } from "node:fs/promises";

/** Whether this process may use a path so (`constants.W_OK` …); without `mode`, whether there is one. */
export async function mayAccess(path: string, mode?: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
