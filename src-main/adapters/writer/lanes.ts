import { cancelled, FloppyError } from "#contract/errors.ts";
import type { FlashJob, FlashResult, WriterEvent } from "#contract/writer.ts";
import type { FlashOrder, FlashSource } from "#core/ports/drives.ts";
import { denial, type Elevation, elevated } from "./elevation.ts";
import { failure } from "./failure.ts";
import { runWriter } from "./process.ts";

export type WriterOptions = {
  /** Program and script of the writer. */
  command: string[];
  /** Who is asked for the right to open a drive that this process may not open. */
  elevation: Elevation;
};

/** One drive of a flash, seen from here. Its result comes when the writer has let go of the drive. */
export class Lane {
  readonly order: FlashOrder;
  readonly result: Promise<FlashResult>;
  /** Aborts when whoever ordered it wants that, or when a listener threw. */
  readonly signal: AbortSignal;
  readonly #ending = Promise.withResolvers<FlashResult>();
  readonly #stop = new AbortController();
  #open = true;
  #thrown: { by: unknown } | null = null;

  constructor(order: FlashOrder) {
    this.order = order;
    this.signal = AbortSignal.any([order.signal, this.#stop.signal]);
    this.result = this.#ending.promise;
    // Whoever ordered it looks at it in time; meanwhile others may fail.
    this.result.catch(() => undefined);
  }

  get isOpen(): boolean {
    return this.#open;
  }

  hear(event: WriterEvent): void {
    try {
      this.#tell(event);
    } catch (by) {
      // The drive is free only when the writer has let go of it.
      this.#thrown ??= { by };
      this.#stop.abort();
    }
    if (event.event === "flashed") this.#resolve(event);
    if (event.event === "failed") this.reject(FloppyError.from(event.error));
    if (event.event === "cancelled") this.reject(cancelled("Writing"));
  }

  reject(error: unknown): void {
    this.#open = false;
    this.#ending.reject(this.#thrown ? this.#thrown.by : error);
  }

  #resolve({ event: _, target: __, ...result }: Extract<WriterEvent, { event: "flashed" }>): void {
    this.#open = false;
    if (this.#thrown) this.#ending.reject(this.#thrown.by);
    else this.#ending.resolve(result);
  }

  #tell(event: WriterEvent): void {
    const { observe } = this.order;
    if (event.event === "log") observe.log(event.level, event.text);
    if (event.event !== "progress") return;
    const { event: _, target: __, stage, ...progress } = event;
    if (stage === "write" || stage === "verify") observe.progress(stage, progress);
  }
}

/** Runs one writer for all lanes. Each of them is settled afterwards. */
export async function flashLanes(
  { command, elevation }: WriterOptions,
  { image, arrival = null, mode = "auto" }: FlashSource,
  lanes: Lane[],
): Promise<void> {
  const settleAll = (errorOf: (lane: Lane) => unknown) => {
    for (const lane of lanes) if (lane.isOpen) lane.reject(errorOf(lane));
  };
  const whole = new AbortController();
  const endIfAllDo = () => {
    if (lanes.every((lane) => !lane.isOpen || lane.signal.aborted)) whole.abort();
  };
  for (const { signal } of lanes) signal.addEventListener("abort", endIfAllDo);
  endIfAllDo();
  try {
    const writable = lanes.every(({ order }) => order.writable);
    const targets = lanes.map(({ order: { drive, files, placement } }) => ({ drive, files, placement }));
    const arriving = arrival ? { path: arrival.part } : undefined;
    const job: FlashJob = { job: "flash", image, arriving, mode, targets };
    const asked = writable ? command : await elevated(elevation, command, job);
    const exit = await runWriter(
      asked,
      job,
      (event) => "target" in event && event.target !== undefined && lanes[event.target]?.hear(event),
      whole.signal,
      { targets: lanes.map(({ signal }) => signal), arrival, elevated: !writable },
    );
    const error = (writable ? null : denial(elevation, exit)) ?? failure(exit);
    settleAll(({ signal }) => (signal.aborted ? cancelled("Writing") : error));
  } catch (error) {
    settleAll(() => error);
  }
}
