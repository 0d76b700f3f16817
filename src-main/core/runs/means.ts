/** How a run gets its image and has its medium written: by itself, or together with the others of its batch. */
import type { Image, ImageChoice, Inspection } from "#contract/images.ts";
import type { FlashResult } from "#contract/writer.ts";
import { type ImageObserver, obtainImage } from "../images/obtain.ts";
import type { BuildRequest, FlashOrder, Ports } from "../ports.ts";

export type ImageOrder = {
  choice: ImageChoice;
  request: BuildRequest;
  observe: ImageObserver;
  signal: AbortSignal;
};

export type Means = {
  obtainImage(order: ImageOrder): Promise<Image>;
  flash(image: Inspection, order: FlashOrder): Promise<FlashResult>;
  /** The run will ask for nothing more. */
  leave(): void;
};

export function ownMeans(ports: Ports): Means {
  return {
    obtainImage: ({ choice, request, observe, signal }) =>
      obtainImage(ports, choice, request, observe, signal),
    flash: (image, { writable, observe, signal, ...target }) =>
      ports.writer.flash({ image, ...target }, writable, observe, signal),
    leave: () => undefined,
  };
}
