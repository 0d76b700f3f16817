/** A link with a run, a clock that only counts, and whoever is announced. */
import { FloppyError } from "#contract/errors.ts";
import { installationOf, type Run } from "#contract/runs.ts";
import { type Announced, nothingInstalled, type TargetAddress } from "#contract/targets.ts";
import { createLink } from "#core/install/link.ts";
import type { Remote, RunSecrets } from "#core/ports/targets.ts";
import type { Recorder } from "#core/runs/recorder.ts";

export function runWith(address: TargetAddress | null): Run {
  const installation = { ...nothingInstalled, address };
  return { id: "run-1", kind: "install", serial: "FLOPPY-DEL-00001", installation } as unknown as Run;
}

const noKeys = { privateKey: "", publicKey: "" };

export function linkTo(
  remote: Pick<Remote, "connect">,
  announced: () => Announced[],
  secrets: RunSecrets = { runKey: noKeys, hostKey: noKeys },
) {
  let run = runWith(null);
  const log: string[] = [];
  const world = { sleptMs: 0, attempts: 0 };
  const abort = new AbortController();
  const recorder = {
    current: () => run,
    log: (_level: string, text: string) => log.push(text),
    async change(next: (run: Run) => Run) {
      run = next(run);
    },
  } as unknown as Recorder;
  const clock = {
    now: () => new Date(0),
    newId: () => "",
    async sleep(milliseconds: number) {
      world.sleptMs += milliseconds;
      await new Promise(setImmediate);
    },
  };
  const link = createLink({
    ports: { clock, remote: { ...remote, fingerprint: async () => null } },
    recorder,
    secrets,
    announced,
    onAttempt: () => {
      world.attempts += 1;
    },
    signal: abort.signal,
  });
  return { link, log, world, abort, address: () => installationOf(run)?.address };
}

export function silent(): FloppyError {
  return new FloppyError("TARGET_UNREACHABLE", "It takes connections and does not say who it is.", "");
}
