import { z } from "zod";
import { plainText } from "../text/plain-text.ts";

const id = z.string();
const fields = z.array(z.union([z.string(), z.number()])).default([]);

const event = z.discriminatedUnion("action", [
  z.object({ action: z.literal("start"), id, type: z.number(), text: z.string().default(""), fields }),
  z.object({ action: z.literal("stop"), id }),
  z.object({ action: z.literal("result"), id, type: z.number(), fields }),
  z.object({ action: z.literal("msg"), level: z.number(), msg: z.string() }),
]);

/** One line of `--log-format internal-json`. What is none of it was written by a program that nix called. */
export type NixLine = z.output<typeof event> | { action: "text"; text: string } | { action: "unknown" };

const MARK = "@nix ";

/**
 * Ids are 64 bits wide and JSON.parse would merge neighbours, so they are made strings first.
 * Inside a JSON string quotes are escaped: this can only match a key.
 */
function quoteIds(json: string): string {
  return json.replace(/"(id|parent)":\s*(\d+)/g, '"$1":"$2"');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function parseNixLine(line: string): NixLine {
  if (!line.startsWith(MARK)) return { action: "text", text: plainText(line) };
  const parsed = event.safeParse(parseJson(quoteIds(line.slice(MARK.length))));
  return parsed.success ? parsed.data : { action: "unknown" };
}
