import { setTimeout as sleep } from "node:timers/promises";
import { cancelled, toErrorData } from "#contract/errors.ts";
import type { FlashResult, FlashTarget, WriterEvent } from "#contract/writer.ts";
import type { Emit } from "./progress.ts";

/** A drive closes within this, or does not answer at all. */
const GRACE_MS = 1000;

type State = "open" | "committing" | "flashed" | "failed" | "cancelled";

/** One drive's way through a flash: whatever happens to it is its own affair, and it tells its end itself. */
export class Lane {
  readonly target: FlashTarget;
  readonly emit: Emit;
  readonly #stop = new AbortController();
  readonly #cancelled = Promise.withResolvers<void>();
  #state: State = "open";

  constructor(target: FlashTarget, emit: Emit) {
    this.target = target;
    this.emit = emit;
  }

  get state(): State {
    return this.#state;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Whether nothing of it is worth waiting for: it has ended, or was told to. */
  get isOver(): boolean {
    return this.signal.aborted || (this.#state !== "open" && this.#state !== "committing");
  }

  /** Not while it commits: a head that is being written is read back before anybody leaves. */
  cancel(): void {
    if (this.#state !== "open") return;
    this.#stop.abort(cancelled("Writing"));
    this.#cancelled.resolve();
  }

  /** From here on it cannot be cancelled. */
  commit(): void {
    this.signal.throwIfAborted();
    this.#state = "committing";
  }

  /** One of its steps; null where the lane has ended, now or before. */
  async attempt<T>(step: () => Promise<T>): Promise<T | null> {
    if (this.#state !== "open") return null;
    try {
      this.signal.throwIfAborted();
      return await step();
    } catch (error) {
      if (this.signal.aborted) this.#end("cancelled", { event: "cancelled" });
      else this.#end("failed", { event: "failed", error: toErrorData(error) });
      return null;
    }
  }

  finish(result: FlashResult): void {
    this.#end("flashed", { event: "flashed", ...result });
  }

  /** Once it was cancelled, a drive that does not answer is not waited for. */
  async endOf(work: Promise<void>): Promise<void> {
    await Promise.race([work, this.#cancelled.promise.then(() => sleep(GRACE_MS))]);
    if (this.#state === "open") this.#end("cancelled", { event: "cancelled" });
  }

  #end(state: State, event: WriterEvent): void {
    this.#state = state;
    this.emit(event);
  }
}
