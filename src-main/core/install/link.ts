/** The way to a run's target: found, lost and found again, always the one with the pinned host key. */
import { FloppyError } from "#contract/errors.ts";
import type { Run } from "#contract/runs.ts";
import type { Announced, TargetAddress } from "#contract/targets.ts";
import type { Ports } from "../ports/ports.ts";
import type { RemoteSession, RunSecrets } from "../ports/targets.ts";
import type { Recorder } from "../runs/recorder.ts";
import { candidates, createTurns } from "./candidates.ts";
import { addressText } from "./in-turns.ts";
import { learned } from "./installation.ts";
import { pauseMs } from "./patience.ts";
import { filesCommand, type SmallFiles, type WhoAnswers, whoAnswers } from "./read-facts.ts";
import { createTarget, type Target } from "./target.ts";
import { understood } from "./untrustworthy.ts";

export type Connected = { target: Target; session: RemoteSession; who: WhoAnswers; files: SmallFiles };

type Found = { connected: Connected; address: TargetAddress };

/** Failures of one round that are told each by itself. */
const TOLD_EACH = 4;

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
  const choose = createTurns();

  async function open(address: TargetAddress, trying: AbortSignal): Promise<Connected> {
    const credentials = {
      hostKey: secrets.hostKey.publicKey,
      privateKey: secrets.runKey.privateKey,
      user: "root",
    };
    const session = await ports.remote.connect(address, credentials, trying);
    try {
      const told = await createTarget(session, recorder, trying).ask(filesCommand);
      const target = createTarget(session, recorder, signal);
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

  /** Of a crowd only the first are told one by one. */
  function noteFailure(address: TargetAddress, { message }: FloppyError, before: number): void {
    attempts = [...attempts.slice(-19), { address: addressText(address), outcome: message }];
    if (before >= TOLD_EACH) return;
    recorder.log("warning", `${addressText(address)}: ${message}`);
    onAttempt();
  }

  /** The first that answers as the target; all others are let go. */
  async function firstOf(addresses: TargetAddress[]): Promise<Found | null> {
    const over = new AbortController();
    const trying = AbortSignal.any([signal, over.signal]);
    let first: Found | null = null;
    let failures = 0;
    async function tryOne(address: TargetAddress): Promise<void> {
      try {
        const connected = await open(address, trying);
        if (first) return connected.session.close();
        first = { connected, address };
        over.abort();
      } catch (thrown) {
        if (signal.aborted || !(thrown instanceof FloppyError)) throw thrown;
        if (!over.signal.aborted) noteFailure(address, thrown, failures++);
      }
    }
    try {
      await Promise.all(addresses.map(tryOne));
    } finally {
      over.abort();
    }
    if (failures > TOLD_EACH) {
      recorder.log("warning", `${failures - TOLD_EACH} more addresses are not the machine either.`);
      onAttempt();
    }
    return first;
  }

  async function tryOnce(): Promise<Connected | null> {
    const found = await firstOf(choose(candidates(recorder.current(), announced())));
    if (!found) return null;
    const { connected, address } = found;
    await recorder.change((run) => learned(run, { address }));
    return connected;
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
