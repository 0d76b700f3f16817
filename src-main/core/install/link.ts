/** The way to a run's target: found, lost and found again, always the one with the pinned host key. */
import { FloppyError } from "#contract/errors.ts";
import type { Run } from "#contract/runs.ts";
import type { Announced, TargetAddress } from "#contract/targets.ts";
import type { Ports, RemoteSession, RunSecrets } from "../ports.ts";
import type { Recorder } from "../runs/recorder.ts";
import { pauseMs } from "./patience.ts";
import { filesCommand, type SmallFiles, type WhoAnswers, whoAnswers } from "./read-facts.ts";
import { createTarget, type Target } from "./target.ts";
import { understood } from "./untrustworthy.ts";

export type Connected = { target: Target; session: RemoteSession; who: WhoAnswers; files: SmallFiles };

export type Attempt = { address: string; outcome: string };

export type Link = {
  /** The connection there is, or a new one; TARGET_UNREACHABLE after `patienceMs` without any. */
  connected(patienceMs: number): Promise<Connected>;
  /** All that was tried since the last success. */
  attempts(): Attempt[];
  close(): void;
};

type World = {
  ports: Pick<Ports, "remote" | "clock">;
  recorder: Recorder;
  secrets: RunSecrets;
  /** What is announced on the network now. */
  announced(): Announced[];
  onAttempt(): void;
  signal: AbortSignal;
};

const text = ({ host, port }: TargetAddress) => (port === 22 ? host : `${host}:${port}`);

/** Where a run's target may be: where it was, and wherever somebody says to be it. */
function candidates(run: Run, announced: Announced[]): TargetAddress[] {
  const known = run.installation?.address ?? null;
  const own = announced.filter(({ runId }) => runId === run.id).flatMap(({ addresses }) => addresses);
  const all = known === null ? own : [known, ...own];
  return [...new Map(all.map((address) => [text(address), address])).values()];
}

export function unreachable(run: Run, attempts: Attempt[]): FloppyError {
  const last = attempts.at(-1);
  const tried = last ? ` Last try: ${last.address}, ${last.outcome}` : "";
  return new FloppyError(
    "TARGET_UNREACHABLE",
    `The machine of ${run.serial} does not answer.${tried}`,
    "What was done so far stays done. See that it is on, connected to the network and shows its address, then go on.",
    { attempts },
  );
}

export function createLink({ ports, recorder, secrets, announced, onAttempt, signal }: World): Link {
  let current: Connected | null = null;
  let attempts: Attempt[] = [];

  async function open(address: TargetAddress): Promise<Connected> {
    const credentials = {
      hostKey: secrets.hostKey.publicKey,
      privateKey: secrets.runKey.privateKey,
      user: "root",
    };
    const session = await ports.remote.connect(address, credentials, signal);
    try {
      const target = createTarget(session, recorder, signal);
      const told = await target.ask(filesCommand);
      const connected = { target, session, ...understood("itself", () => whoAnswers(told)) };
      void session.closed.then(() => {
        if (current === connected) current = null;
      });
      return connected;
    } catch (thrown) {
      session.close();
      throw thrown;
    }
  }

  async function tryOnce(): Promise<Connected | null> {
    for (const address of candidates(recorder.current(), announced())) {
      try {
        const connected = await open(address);
        await recorder.change((run) => ({
          ...run,
          installation: run.installation && { ...run.installation, address },
        }));
        return connected;
      } catch (thrown) {
        if (signal.aborted || !(thrown instanceof FloppyError)) throw thrown;
        attempts = [...attempts.slice(-19), { address: text(address), outcome: thrown.message }];
        recorder.log("warning", `${text(address)}: ${thrown.message}`);
        onAttempt();
      }
    }
    return null;
  }

  return {
    async connected(patienceMs) {
      if (current) return current;
      const deadlineMs = performance.now() + patienceMs;
      for (let tries = 0; ; tries += 1) {
        const found = await tryOnce();
        if (found) {
          attempts = [];
          current = found;
          return found;
        }
        if (performance.now() > deadlineMs) throw unreachable(recorder.current(), attempts);
        await ports.clock.sleep(pauseMs(tries), signal);
      }
    },
    attempts: () => attempts,
    close() {
      current?.session.close();
      current = null;
    },
  };
}
