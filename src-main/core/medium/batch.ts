/**
 * What the runs of a batch share: one image, obtained once, and one writer process. They wait for each other twice,
 * before the image and before the first byte; whoever ends early is not waited for.
 */
import { cancelled } from "#contract/errors.ts";
import type { Inspection } from "#contract/images.ts";
import type { FlashResult } from "#contract/writer.ts";
import { attendArrival } from "../images/arrival.ts";
import type { Obtained } from "../images/download.ts";
import { mistrustingChanges } from "../images/inspect.ts";
import type { FlashOrder } from "../ports/drives.ts";
import type { Arrival } from "../ports/images.ts";
import type { Ports } from "../ports/ports.ts";
import { gather } from "./gathering.ts";
import { type ImageOrder, type Means, obtainOrdered } from "./means.ts";

type BatchFlashOrder = FlashOrder & { image: Inspection };

/** What each member is given, by its place in the batch. */
export function createBatch(ports: Ports, size: number): (place: number) => Means {
  const staying = new Set(Array.from({ length: size }, (_, place) => place));
  const left = new AbortController();
  let arrival: Arrival | null = null;

  async function obtain(order: ImageOrder): Promise<Obtained> {
    const obtained = await obtainOrdered(ports, order, left.signal);
    arrival = obtained.arrival;
    return obtained;
  }

  const images = gather(size, (orders: ImageOrder[]) => obtainForAll(obtain, orders));
  const flashes = gather(size, (orders: BatchFlashOrder[]) => flashAll(ports, arrival, orders));
  return (place) => ({
    obtainImage: (order) => images.come(place, order),
    flash: (image, order) => flashes.come(place, { ...order, image }),
    leave() {
      images.go(place);
      flashes.go(place);
      staying.delete(place);
      if (staying.size === 0) left.abort();
    },
  });
}

function flashAll(ports: Ports, arrival: Arrival | null, orders: BatchFlashOrder[]): Promise<FlashResult>[] {
  const [first] = orders;
  if (!first) return [];
  const attended = attendArrival(arrival);
  const joined = orders.map((order) => ({ ...order, signal: attended.joined(order.signal) }));
  const { image } = first;
  const writings = ports.writer.flashMany({ image, arrival }, joined);
  return writings.map((writing, index) =>
    attended.explained(mistrustingChanges(ports, image, writing), orders[index]?.signal ?? first.signal),
  );
}

/** All ask for the same image. Who takes that back goes at once; the last one ends the work, and waits for its end. */
function obtainForAll(
  obtain: (order: ImageOrder) => Promise<Obtained>,
  orders: ImageOrder[],
): Promise<Obtained>[] {
  const [first] = orders;
  if (!first) return [];
  const whole = new AbortController();
  const endWithLast = () => {
    if (orders.every(({ signal }) => signal.aborted)) whole.abort();
  };
  for (const { signal } of orders) signal.addEventListener("abort", endWithLast);
  const tell = (say: (observe: ImageOrder["observe"]) => void) => {
    for (const { signal, observe } of orders) if (!signal.aborted) say(observe);
  };
  const observe: ImageOrder["observe"] = {
    progress: (progress) => tell((each) => each.progress(progress)),
    log: (level, text) => tell((each) => each.log(level, text)),
  };
  const image = obtain({ ...first, observe, signal: whole.signal });
  return orders.map(({ signal }) => unlessTakenBack(image, signal, whole.signal));
}

function unlessTakenBack<Work>(work: Promise<Work>, own: AbortSignal, whole: AbortSignal): Promise<Work> {
  const { promise, resolve, reject } = Promise.withResolvers<Work>();
  own.addEventListener("abort", () => {
    if (!whole.aborted) reject(cancelled("The run"));
  });
  work.then(resolve, reject);
  return promise;
}
