import { cancelled } from "#contract/errors.ts";

type Tell<Progress> = (progress: Progress) => void;

/** Work on the same thing is done one after the other; whoever waits sees how far the one is that works. */
export function createTurns<Progress>() {
  const last = new Map<string, Promise<unknown>>();
  const watching = new Map<string, Set<Tell<Progress>>>();

  async function take<Result>(
    key: string,
    tell: Tell<Progress>,
    signal: AbortSignal,
    work: (tell: Tell<Progress>) => Promise<Result>,
  ): Promise<Result> {
    const watchers = watching.get(key) ?? new Set();
    watching.set(key, watchers.add(tell));
    const tellAll: Tell<Progress> = (progress) => {
      for (const one of watchers) one(progress);
    };
    const before = last.get(key);
    const leave = Promise.withResolvers<never>();
    leave.promise.catch(() => undefined);
    const onAbort = () => leave.reject(cancelled("Waiting for the download"));
    signal.addEventListener("abort", onAbort);
    const turn = (async () => {
      await before?.catch(() => undefined);
      if (signal.aborted) throw cancelled("Downloading");
      return work(tellAll);
    })();
    last.set(key, turn);
    const forget = () => last.get(key) === turn && last.delete(key);
    turn.then(forget, forget);
    try {
      // Its own work ends by itself on abort; only the wait for another's is left.
      await Promise.race([before?.catch(() => undefined), leave.promise]);
      return await turn;
    } finally {
      signal.removeEventListener("abort", onAbort);
      watchers.delete(tell);
    }
  }

  return { take };
}
