import type { Announced } from "#contract/targets.ts";
import { plainText } from "../text/plain-text.ts";

export type AnnouncedText = Pick<Announced, "serial" | "runId" | "target" | "system">;

const ENTRIES = 20;
const NAME_LENGTH = 63;
const word = /^[A-Za-z0-9-]{1,64}$/;

/** What a TXT record says of the machine: `serial=…`, `run=…`, `target=…`, `system=…`. All else is left out. */
export function readAnnouncedText(data: unknown): AnnouncedText {
  const entries = (Array.isArray(data) ? data : [data]).slice(0, ENTRIES).map(readEntry);
  const value = (name: string) =>
    entries.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
  const valid = (text: string | undefined) => (text !== undefined && word.test(text) ? text : null);
  const system = value("system");
  return {
    serial: valid(value("serial")),
    runId: valid(value("run")),
    target: valid(value("target")),
    system: system === "installer" || system === "device" ? system : null,
  };
}

function readEntry(entry: unknown): string {
  return entry instanceof Uint8Array ? new TextDecoder().decode(entry) : "";
}

/** The instance's own part of a service's name, fit to be shown. */
export function readInstanceName(name: string, service: string): string {
  return plainText(name.slice(0, -service.length - 1))
    .replace(/\s+/g, " ")
    .slice(0, NAME_LENGTH);
}
