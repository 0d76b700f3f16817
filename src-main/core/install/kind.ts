/** Runs that make a stick and install the machine that is booted from it. */
import type { Run } from "#contract/runs.ts";
import { nothingInstalled } from "#contract/targets.ts";
import type { MediumKind } from "../medium/kind.ts";
import type { MediumWork } from "../medium/work.ts";
import type { Ports } from "../ports/ports.ts";
import type { Kind, Phase } from "../runs/kind.ts";
import { learned } from "./installation.ts";
import { boot } from "./phases/boot.ts";
import { check } from "./phases/check.ts";
import { configure } from "./phases/configure.ts";
import { confirm } from "./phases/confirm.ts";
import { install } from "./phases/install.ts";
import { mount } from "./phases/mount.ts";
import { partition } from "./phases/partition.ts";
import { plan } from "./phases/plan.ts";
import { reach } from "./phases/reach.ts";
import { reboot } from "./phases/reboot.ts";
import { openLater, type TargetWork } from "./target-work.ts";
import type { Work } from "./work.ts";

export const targetPhases = [boot, reach, plan, partition, mount, configure, install, check, reboot, confirm];

/** A stick first, then the machine, which is looked for once there is something to do with it. */
export type InstallWork = { medium: MediumWork; target: TargetWork };

/** A new medium has new keys: what was known of a machine is not true of it any more. */
const newMachine = (run: Run): Run => learned(run, nothingInstalled);

function onMedium(phase: Phase<MediumWork>): Phase<InstallWork> {
  const forget = (run: Run) => newMachine(phase.forget?.(run) ?? run);
  return { ...phase, forget, perform: ({ medium }) => phase.perform(medium) };
}

function onTarget(phase: Phase<Work>): Phase<InstallWork> {
  return { ...phase, perform: async ({ target }) => phase.perform(await target.at(phase.name)) };
}

export function createInstallKind(
  { vault, systems }: Pick<Ports, "vault" | "systems">,
  medium: MediumKind,
): Kind<InstallWork> {
  return {
    name: "install",
    phases: [...medium.phases.map(onMedium), ...targetPhases.map(onTarget)],
    done: { state: "provisioned" },
    async ready(run) {
      const open = await medium.ready(run);
      return (context) => {
        const { work, close } = open(context);
        const target = openLater(work);
        return {
          work: { medium: work, target },
          close() {
            close();
            target.close();
          },
        };
      };
    },
    async discard({ id }) {
      await vault.remove(id);
      await systems.unstage(id);
    },
  };
}
