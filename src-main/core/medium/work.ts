import type { Host } from "#contract/catalog.ts";
import type { Settings } from "#contract/settings.ts";
import type { Ports } from "../ports/ports.ts";
import type { RunContext } from "../runs/kind.ts";
import type { Means } from "./means.ts";

/** What the phases that make a medium work with. */
export type MediumWork = RunContext & {
  ports: Ports;
  settings: Settings;
  host: Host;
  hostname: string;
  means: Means;
};
