import { createStore } from "zustand/vanilla";
import type { Bridge } from "#contract/api.ts";
import { type ErrorData, toErrorData } from "#contract/errors.ts";
import { isTargetPhase, type Run } from "#contract/runs.ts";
import type { BuildPlace, InstallPlan } from "#contract/targets.ts";
import type { AppStore } from "./app-store.ts";
import { createLoader, idle, type Loadable } from "./loadable.ts";
import type { NavigationStore } from "./navigation-store.ts";

/** Where a person says that a run's machine is. */
export type Aim = { text: string; state: "typing" | "sending" | "sent"; error: ErrorData | null };

/** What was picked for a run and not agreed to yet. */
export type DiskPick = { diskKey: string | null; buildPlace: BuildPlace };

/** Both outlive a look at another place; the plan is that of the pick last made. */
export type TargetView = {
  aims: Record<string, Aim>;
  picks: Record<string, DiskPick>;
  plan: Loadable<InstallPlan>;
};

export type TargetStore = ReturnType<typeof createTargetStore>;

export const noAim: Aim = { text: "", state: "typing", error: null };
export const noPick: DiskPick = { diskKey: null, buildPlace: "here" };

/** The serial in the link that a machine's screen shows as a QR code; null where it is none. */
export function serialOfLink(text: string): string | null {
  const match = /^ssh:\/\/[^?]*\?(?:[^#]*&)?serial=([A-Z0-9-]{1,64})(?:[&#]|$)/i.exec(text.trim());
  return match?.[1]?.toUpperCase() ?? null;
}

/** Whether it can still be told where its machine is. */
export function mayAim({ status }: Run): boolean {
  return status.state === "running" && isTargetPhase(status.phase);
}

/** What a person says about machines that were booted from a stick: where they are, and which disk goes. */
export function createTargetStore(bridge: Bridge, app: AppStore, navigation: NavigationStore) {
  const store = createStore<TargetView>(() => ({ aims: {}, picks: {}, plan: idle }));
  const plan = createLoader<InstallPlan>((loadable) => store.setState({ plan: loadable }));

  const setAim = (runId: string, aim: Aim) =>
    store.setState((view) => ({ aims: { ...view.aims, [runId]: aim } }));

  async function aim(runId: string, text: string) {
    setAim(runId, { text, state: "sending", error: null });
    try {
      await bridge.call("runs.aim", { runId, address: text.trim() });
      setAim(runId, { text, state: "sent", error: null });
    } catch (thrown) {
      setAim(runId, { text, state: "typing", error: toErrorData(thrown) });
    }
  }

  return {
    ...store,
    type: (runId: string, text: string) => setAim(runId, { text, state: "typing", error: null }),
    aim,
    /** Takes a scanned link to the run that it belongs to; null where there is no such run. */
    scanned(text: string): Promise<void> | null {
      const serial = serialOfLink(text);
      const run = app.app().runs.find((candidate) => candidate.serial === serial && mayAim(candidate));
      if (!run) return null;
      navigation.go({ place: "run", runId: run.id });
      return aim(run.id, text);
    },
    pick: (runId: string, pick: DiskPick) =>
      store.setState((view) => ({ picks: { ...view.picks, [runId]: pick } })),
    /** What the pick would do; nothing is done. */
    showPlan(runId: string, { diskKey, buildPlace }: DiskPick) {
      if (diskKey === null) return plan.forget();
      return plan.load(() => bridge.call("runs.plan", { runId, diskKey, buildPlace }));
    },
    /** Naming the disk twice is the contract's deliberate act. */
    async chooseDisk(runId: string, { disk, buildPlace }: InstallPlan) {
      const { key: diskKey } = disk;
      await bridge.call("runs.chooseDisk", { runId, diskKey, eraseConfirmed: diskKey, buildPlace });
    },
  };
}
