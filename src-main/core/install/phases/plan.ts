import type { HardwareFacts } from "#contract/hardware.ts";
import type { Layout } from "#contract/layout.ts";
import type { InstallPlan, TargetFacts } from "#contract/targets.ts";
import type { Phase } from "../../runs/kind.ts";
import { formatMediumSize } from "../../text/format.ts";
import { parseHardware } from "../hardware.ts";
import { installationOf, learn } from "../installation.ts";
import type { Connected } from "../link.ts";
import { leastDiskBytes, makePlan, refuseOtherPlatform, refuseTooLarge, refuseUnsuited } from "../plan.ts";
import { diskQuestion } from "../questions.ts";
import { linksCommand, lsblkCommand, readDisks } from "../read-disks.ts";
import { addressesCommand, clockCommand, readFacts } from "../read-facts.ts";
import { hardwareCommand } from "../system-commands.ts";
import { understood } from "../untrustworthy.ts";
import { onLiveTarget, type Work } from "../work.ts";

/** A clock that is off by more makes certificates and times of files wrong. */
const CLOCK_TOLERANCE_SECONDS = 60;

async function lookAround({ target, files }: Connected, layout: Layout, nowMs: number): Promise<TargetFacts> {
  const clock = await target.ask(clockCommand);
  const addresses = await target.ask(addressesCommand);
  const lsblk = await target.ask(lsblkCommand);
  const links = await target.ask(["sh", "-c", '"$@" 2>/dev/null || true', "floppy", ...linksCommand]);
  return understood("its disks", () => ({
    ...readFacts({ files, clock, addresses, nowMs }),
    disks: readDisks(lsblk, links, leastDiskBytes(layout)),
  }));
}

async function setClock({ target }: Connected, { recorder, ports }: Work, facts: TargetFacts): Promise<void> {
  if (Math.abs(facts.clockOffsetSeconds) <= CLOCK_TOLERANCE_SECONDS) return;
  recorder.log(
    "warning",
    `The machine’s clock was off by ${facts.clockOffsetSeconds} s. It is set to this machine’s.`,
  );
  await target.ask(["date", "-u", "-s", `@${Math.round(ports.clock.now().getTime() / 1000)}`]);
}

/** What it says of its hardware is read here, and never run. */
async function readHardware({ target }: Connected, { recorder, host }: Work): Promise<HardwareFacts> {
  const said = await target.ask(hardwareCommand);
  const { facts, leftOut } = understood("its hardware", () => parseHardware(said));
  if (leftOut.length > 0) {
    const named = `${leftOut.slice(0, 8).join("; ")}${leftOut.length > 8 ? "; …" : ""}`;
    recorder.log("warning", `What the machine says of its hardware was not all taken over: ${named}`);
  }
  refuseOtherPlatform(facts, host.system);
  return facts;
}

/** The system is built before the disk is erased: a build that fails costs nothing. */
async function prepareSystem(work: Work, plan: InstallPlan, hardware: HardwareFacts): Promise<void> {
  const { ports, recorder, settings, signal, host } = work;
  const run = recorder.current();
  const flake = settings.flake ?? ports.bundledFlake;
  const staged = await ports.systems.stage({ flake, runId: run.id, hardware }, signal);
  if (plan.buildPlace === "target") {
    await learn(work, { plan, system: null });
    return;
  }
  const attribute = `nixosConfigurations.${run.target}.config.system.build.toplevel`;
  const built = await ports.systems.build(
    { flake: staged.folder, attribute, system: host.system, settings },
    { progress: (progress) => recorder.progress("plan", { kind: "build", ...progress }), log: recorder.log },
    signal,
  );
  const closure = await ports.systems.closure(built.storePath, signal);
  refuseTooLarge(
    plan,
    closure.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  );
  await learn(work, { plan, system: { ...built, flake, revision: staged.revision } });
}

/** Looks at the machine, asks which disk becomes the system, and has that system ready. Writes nothing to a disk. */
export const plan: Phase<Work> = {
  name: "plan",
  needs: ["reach"],
  meanwhile: { state: "awaited" },
  leaves: () => ({ state: "awaited" }),
  async perform(work) {
    const { recorder, ports, settings, questions, signal } = work;
    await recorder.begin("plan");
    const layout = await ports.systems.layout(settings.flake);
    const hardware = await onLiveTarget(work, "plan", async (connected) => {
      const facts = await lookAround(connected, layout, ports.clock.now().getTime());
      await learn(work, { facts, plan: null, system: null });
      refuseUnsuited(facts, "here");
      await setClock(connected, work, facts);
      return readHardware(connected, work);
    });
    questions.of(diskQuestion).peel();
    recorder.progress("plan", { kind: "question", question: "disk", others: [] });
    const { facts } = installationOf(work);
    const { diskKey, buildPlace } = await questions.of(diskQuestion).take(signal);
    if (!facts) throw new Error(`run ${recorder.current().id} asked for a disk without having looked`);
    const { target } = recorder.current();
    const chosen = makePlan({ facts, layout, target }, diskKey, buildPlace);
    recorder.log("info", `${chosen.disk.name} (${chosen.disk.identity.serial ?? "no serial"}) was chosen.`);
    await prepareSystem(work, chosen, hardware);
    await recorder.finish("plan", `${chosen.disk.name}, ${formatMediumSize(chosen.disk.identity.sizeBytes)}`);
  },
};
