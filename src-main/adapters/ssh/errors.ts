import { FloppyError } from "#contract/errors.ts";
import type { TargetAddress } from "#contract/targets.ts";
import { plainText } from "#core/text/plain-text.ts";

export function place({ host, port }: TargetAddress): string {
  if (port === 22) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What another program or machine said, fit to be shown within a sentence. */
function said(error: Error | null): string {
  const text = plainText(error?.message ?? "").replace(/\s+/g, " ");
  return text === "" ? "" : ` (${text.slice(0, 200)})`;
}

export function unreachable(address: TargetAddress, reason: string, cause: Error | null = null): FloppyError {
  return new FloppyError(
    "TARGET_UNREACHABLE",
    `${place(address)} ${reason}${said(cause)}.`,
    "Nothing on it was changed. See that it is on, has started, and is on this network; compare the address with its screen.",
  );
}

export function refused(address: TargetAddress, cause: Error | null): FloppyError {
  return new FloppyError(
    "TARGET_REFUSED",
    `${place(address)} has the right host key and did not take this run's key${said(cause)}.`,
    "Nothing on it was changed. It was started from a stick of an earlier run: write the stick again, or continue that run.",
  );
}

export function hostKeyWrong(address: TargetAddress, expected: string, found: string | null): FloppyError {
  const key = found === null ? "has no host key of the kind ssh-ed25519" : `has the host key ${found}`;
  return new FloppyError(
    "HOST_KEY_WRONG",
    `${place(address)} is another machine: it ${key}, and this device's is ${expected}.`,
    "Nothing was sent to it. Compare with the target's screen: it may have another address, or was started from another stick.",
    { expected, found },
  );
}

export function lost(address: TargetAddress, cause: Error | null): FloppyError {
  return new FloppyError(
    "TARGET_LOST",
    `The connection to ${place(address)} was lost${said(cause)}.`,
    "What was running there may still run, or have stopped halfway. See that it is on and on this network; then this step can be repeated.",
  );
}

export function timedOut(address: TargetAddress, argv: readonly string[], timeoutMs: number): FloppyError {
  return new FloppyError(
    "TARGET_TIMEOUT",
    `${name(argv)} on ${place(address)} was not done after ${timeoutMs / 1000} s.`,
    "It was told to stop. Repeat this step; if it takes that long again, look at the target's screen.",
  );
}

export function untrustworthy(address: TargetAddress, what: string): FloppyError {
  return new FloppyError(
    "TARGET_UNTRUSTWORTHY",
    `${place(address)} ${what}.`,
    "It was stopped listening to. Start the target again from its stick; if it repeats, do not trust this machine.",
  );
}

export function noSession(address: TargetAddress, cause: Error): FloppyError {
  return new FloppyError(
    "TARGET_REFUSED",
    `${place(address)} did not start a command${said(cause)}.`,
    "The command did not run. Repeat this step; if it repeats, start the target again from its stick.",
  );
}

export function name(argv: readonly string[]): string {
  return plainText(argv[0] ?? "").slice(0, 60);
}
