import { fingerprint } from "#contract/fingerprint.ts";
import type { Remote } from "#core/ports/targets.ts";
import { askHostKey, type Limits, login } from "./handshake.ts";
import { createSession } from "./session.ts";

const usual: Limits = { handshakeMs: 15_000, keepaliveMs: 4000 };

/** Targets over SSH: one pinned host key, one key offered, nothing else spoken. */
export function createRemote(limits: Limits = usual): Remote {
  return {
    async connect(address, credentials, signal) {
      return createSession(await login(address, credentials, limits, signal));
    },
    async fingerprint(address, signal) {
      const key = await askHostKey(address, limits, signal);
      return key === null ? null : await fingerprint(key);
    },
  };
}
