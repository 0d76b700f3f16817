/**
 * What the runs of a batch share: one image, obtained once, and one writer process. They wait for each other twice,
 * before the image and before the first byte; whoever ends early is not waited for.
 */
import { cancelled } from "#contract/errors.ts";
import type { Image, Inspection } from "#contract/images.ts";
import { obtainImage } from "../images/obtain.ts";
import type { FlashOrder, Ports } from "../ports.ts";
import { gather } from "./gathering.ts";
import type { ImageOrder, Means } from "./means.ts";

type BatchFlashOrder = FlashOrder & { image: Inspection };

/** What each member is given, by its place in the batch. */
export function createBatch(ports: Ports, size: number): (place: number) => Means {
  const images = gather(size, (orders: ImageOrder[]) => obtainForAll(ports, orders));
  const flashes = gather(size, (orders: BatchFlashOrder[]) => flashAll(ports, orders));
  return (place) => ({
    obtainImage: (order) => images.come(place, order),
    flash: (image, order) => flashes.come(place, { ...order, image }),
    leave() {
      images.go(place);
      flashes.go(place);
    },
  });
}

function flashAll({ writer }: Ports, orders: BatchFlashOrder[]) {
  const [first] = orders;
  return first ? writer.flashMany(first.image, orders) : [];
}

/** All ask for the same image. Who takes that back goes at once; the last one ends the work, and waits for its end. */
function obtainForAll(ports: Ports, orders: ImageOrder[]): Promise<Image>[] {
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
  const image = obtainImage(
    ports,
    first.choice,
    first.request,
    {
      progress: (progress) => tell((observe) => observe.progress(progress)),
      log: (level, text) => tell((observe) => observe.log(level, text)),
    },
    whole.signal,
  );
  return orders.map(({ signal }) => unlessTakenBack(image, signal, whole.signal));
}

function unlessTakenBack(work: Promise<Image>, own: AbortSignal, whole: AbortSignal): Promise<Image> {
  const { promise, resolve, reject } = Promise.withResolvers<Image>();
  own.addEventListener("abort", () => {
    if (!whole.aborted) reject(cancelled("The run"));
  });
  work.then(resolve, reject);
  return promise;
}
