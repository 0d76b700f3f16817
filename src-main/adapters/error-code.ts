/** The system's name for an error, as `ENOENT`; empty for an error that has none. */
export function errorCode(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}
