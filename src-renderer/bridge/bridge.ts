import { z } from "zod";
import {
  type Bridge,
  type CallName,
  type CallOutput,
  calls,
  type EventName,
  events,
  type Notification,
} from "#contract/api.ts";
import { errorData, FloppyError } from "#contract/errors.ts";
import type { StationDoor } from "#contract/station.ts";

/** `refused`: there is somebody, who does not let this browser in. */
export type Connection = "open" | "lost" | "refused";

/** The contract's bridge, and whether there is anybody at its other end. */
export type RendererBridge = Bridge & {
  /** Calls back on every change; returns the function that ends it. */
  watchConnection(listener: (connection: Connection) => void): () => void;
  /** Null in the window. */
  station: StationDoor | null;
};

const reply = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: errorData }),
]);

/** Opens a reply: its value parsed, or its error thrown as a FloppyError. */
export function openReply<Name extends CallName>(name: Name, raw: unknown): CallOutput<Name> {
  const parsed = reply.safeParse(raw);
  if (!parsed.success) throw unreadable(name);
  if (!parsed.data.ok) throw FloppyError.from(parsed.data.error);
  const output = calls[name].output.safeParse(parsed.data.value);
  if (!output.success) throw unreadable(name);
  return output.data as CallOutput<Name>;
}

const envelope = z.object({ event: z.string(), payload: z.unknown() });

/** A notification as main sent it, or null where it is not one of the contract's. */
export function openNotification(raw: unknown): Notification | null {
  const parsed = envelope.safeParse(raw);
  if (!parsed.success || !Object.hasOwn(events, parsed.data.event)) return null;
  const event = parsed.data.event as EventName;
  const payload = events[event].safeParse(parsed.data.payload);
  return payload.success ? ({ event, payload: payload.data } as Notification) : null;
}

function unreadable(name: string): FloppyError {
  return new FloppyError(
    "INTERNAL",
    `The answer to ${name} could not be read.`,
    "A run under way goes on. Reload this window; if it repeats, window and Floppy are of different versions.",
  );
}
