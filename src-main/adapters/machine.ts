import { hostname, userInfo } from "node:os";
import type { Machine } from "#contract/api.ts";
import type { Nix } from "#core/ports/images.ts";

/** A user id without an entry in the user database (a container) has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "");
  }
}

/** A nix that is there stays for as long as Floppy is open; one that is missing may be installed meanwhile. */
export function createMachine(nix: Pick<Nix, "version">): () => Promise<Machine> {
  let version: string | null = null;
  return async () => {
    version ??= await nix.version();
    return {
      hostname: hostname(),
      user: userName(),
      nix: version === null ? { state: "missing" } : { state: "present", version },
    };
  };
}
