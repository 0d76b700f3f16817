/** Runs that make a medium: a card, or a stick to practise with. */
import type { Run } from "#contract/runs.ts";
import { checkPair } from "../catalog/pairs.ts";
import { parseSerial } from "../catalog/serial.ts";
import type { Current } from "../current.ts";
import type { Ports } from "../ports/ports.ts";
import type { Kind, Open } from "../runs/kind.ts";
import { type Means, ownMeans } from "./means.ts";
import { image } from "./phases/image.ts";
import { verify } from "./phases/verify.ts";
import { write } from "./phases/write.ts";
import type { MediumWork } from "./work.ts";

export const mediumPhases = [image, write, verify];

export type MediumKind = ReturnType<typeof createMediumKind>;

export function createMediumKind(ports: Ports, current: Current) {
  /** With means of its own, or those of its batch. */
  async function readyWith(run: Run, means: () => Means): Promise<Open<MediumWork>> {
    const settings = current.trustedSettings();
    const catalog = await current.catalog();
    const { host } = checkPair(catalog, run.host, run.role);
    const { hostname } = parseSerial(catalog, run.serial);
    return (context) => {
      const work = { ...context, ports, settings, host, hostname, means: means() };
      return { work, close: work.means.leave };
    };
  }

  return {
    name: "medium",
    phases: mediumPhases,
    done: { state: "flashed" },
    ready: (run) => readyWith(run, () => ownMeans(ports)),
    readyWith,
    // A stick that is practised with gets keys, too.
    discard: ({ id }) => ports.vault.remove(id),
  } satisfies Kind<MediumWork> & { readyWith: typeof readyWith };
}
