/** How a run gets its image and has its medium written: by itself, or together with the others of its batch. */
import type { ImageChoice, Inspection } from "#contract/images.ts";
import type { FlashResult } from "#contract/writer.ts";
import { attendArrival } from "../images/arrival.ts";
import type { Obtained } from "../images/download.ts";
import { mistrustingChanges } from "../images/inspect.ts";
import { type ImageRequest, obtainForWriting, obtainImage } from "../images/obtain.ts";
import type { ImageObserver } from "../images/progress.ts";
import type { FlashOrder } from "../ports/drives.ts";
import type { Arrival } from "../ports/images.ts";
import type { Ports } from "../ports/ports.ts";

export type ImageOrder = {
  choice: ImageChoice;
  request: ImageRequest;
  /** Whether the medium is written right after: then an image that is downloaded need not be whole. */
  toWrite: boolean;
  observe: ImageObserver;
  signal: AbortSignal;
};

export type Means = {
  obtainImage(order: ImageOrder): Promise<Obtained>;
  flash(image: Inspection, order: FlashOrder): Promise<FlashResult>;
  /** The run will ask for nothing more. */
  leave(): void;
};

/** The image of an order; its download is to end with `left` at the latest. */
export async function obtainOrdered(
  ports: Ports,
  { choice, request, toWrite, observe, signal }: ImageOrder,
  left: AbortSignal,
): Promise<Obtained> {
  const either = AbortSignal.any([signal, left]);
  if (toWrite) return obtainForWriting(ports, choice, request, observe, either);
  return { image: await obtainImage(ports, choice, request, observe, either), arrival: null };
}

export function ownMeans(ports: Ports): Means {
  const left = new AbortController();
  let arrival: Arrival | null = null;
  return {
    async obtainImage(order) {
      const obtained = await obtainOrdered(ports, order, left.signal);
      arrival = obtained.arrival;
      return obtained;
    },
    flash(image, { writable, observe, signal, ...target }) {
      const attended = attendArrival(arrival);
      const writing = ports.writer.flash(
        { image, arrival, ...target },
        writable,
        observe,
        attended.joined(signal),
      );
      return attended.explained(mistrustingChanges(ports, image, writing), signal);
    },
    leave: () => left.abort(),
  };
}
