import { z } from "zod";
import type { Notification } from "#contract/api.ts";
import type { Reply } from "#contract/dispatch.ts";

/** What a browser may send over the socket. Name and input of the call are for `dispatch` to judge. */
const message = z
  .object({
    id: z.union([z.number(), z.string().max(64)]),
    call: z.string().max(64),
    input: z.unknown(),
  })
  .strict();
export type Message = z.infer<typeof message>;

/** What the station sends. */
export type Answer = { id: Message["id"]; reply: Reply } | { notification: Notification };

/** Null for anything that is not a message. */
export function parseMessage(text: string): Message | null {
  try {
    return message.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
