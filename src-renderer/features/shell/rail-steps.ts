import type { Catalog } from "#contract/catalog.ts";
import type { ImageChoice } from "#contract/images.ts";
import { mediumIsDone, type Phase, type PhaseName, type Run } from "#contract/runs.ts";
import { type Draft, isForPractice, type Step } from "../../stores/draft.ts";
import { cut, formatDuration, percentOf, plural } from "../../ui/format.ts";
import { capital, driveWords, fileName } from "../words.ts";

export type RailStep = {
  label: string;
  /** What this step found out, or what it waits for. */
  found: string | null;
  state: "done" | "current" | "todo" | "failed" | "stopped";
  /** The question to go back to on a click; null where there is no way back. */
  backTo: Step | null;
};

export type RailSubject = { serial: string; about: string };

/** What the rail tells; no steps where nothing is at hand. */
export type RailView = { subject: RailSubject | null; steps: RailStep[] };

const steps: readonly Step[] = ["device", "role", "image", "drive", "confirm"];
const batchSteps: readonly Step[] = ["device", "role", "image", "drives", "confirmBatch"];

const stepsOf = (draft: Draft) => (batchSteps.indexOf(draft.step) > 2 ? batchSteps : steps);

export function mediumOf(catalog: Catalog, hostName: string): "card" | "stick" {
  return catalog.hosts.find((host) => host.name === hostName)?.medium ?? "card";
}

function draftMedium(draft: Draft, catalog: Catalog): string {
  return draft.step === "device" ? "card" : mediumOf(catalog, draft.device.host);
}

function originOf(choice: ImageChoice): string {
  if (choice.kind === "file") return fileName(choice.path);
  const origins = { build: "from the flake", download: "from the manifest", practice: "for practice" };
  return origins[choice.kind];
}

/** What is already known of a step, from a draft that is past it. */
function foundBy(step: Step, draft: Draft): string | null {
  if (draft.step === "device") return null;
  if (step === "device") return draft.device.known ? "known device" : "new device";
  if (step === "role" && "role" in draft) return draft.role;
  if (step === "image" && "image" in draft) return originOf(draft.image.choice);
  if (step === "drive" && draft.step === "confirm") return driveWords(draft.drive);
  if (step === "drives" && draft.step === "confirmBatch") return plural(draft.pairs.length, "card");
  return null;
}

const asks: Record<Step, string> = {
  device: "scan or type its serial",
  role: "what it is for",
  image: "what will be written",
  drive: "nothing written yet",
  confirm: "waits for your word",
  drives: "nothing written yet",
  confirmBatch: "waits for your word",
};

/** What lies behind a stick, in one line until it is written. */
const bootAndInstall: RailStep = { label: "Boot and install", found: null, state: "todo", backTo: null };

/** The same lines as a run has: the last question belongs to the write that it allows. */
export function draftSteps(draft: Draft, catalog: Catalog): RailStep[] {
  const medium = capital(draftMedium(draft, catalog));
  const labels: Record<Step, string> = {
    device: "Device",
    role: "Role",
    image: "Image",
    drive: medium,
    confirm: "Write",
    drives: "Cards",
    confirmBatch: "Write",
  };
  const asking = stepsOf(draft);
  const at = asking.indexOf(draft.step);
  const resuming = "purpose" in draft && draft.purpose.kind === "resume";
  const asked = asking.map((step, index): RailStep => {
    const mayGoBack = !resuming || step === "drive";
    if (index < at)
      return {
        label: labels[step],
        found: foundBy(step, draft),
        state: "done",
        backTo: mayGoBack ? step : null,
      };
    if (index === at) return { label: labels[step], found: asks[step], state: "current", backTo: null };
    return { label: labels[step], found: null, state: "todo", backTo: null };
  });
  const todo = (label: string): RailStep => ({ label, found: null, state: "todo", backTo: null });
  const installs = medium === "Stick" && !("image" in draft && isForPractice(draft.image));
  return [...asked, todo("Verify"), ...(installs ? [todo("Boot and install")] : [])];
}

function runningWords(phase: Phase): string {
  if (phase.status.state !== "running") return "";
  const { progress } = phase.status;
  if (progress?.kind === "transfer") {
    const percent = `${percentOf(progress.position, progress.sizeBytes)} %`;
    return progress.etaSeconds === null
      ? percent
      : `${percent} · ${formatDuration(progress.etaSeconds)} left`;
  }
  if (progress?.kind === "arrival")
    return `downloading: ${percentOf(progress.position, progress.sizeBytes)} %`;
  if (progress?.kind === "build" && progress.expectedItems > 0)
    return `${phase.name === "plan" ? "building: " : ""}${progress.doneItems} of ${progress.expectedItems}`;
  if (progress?.kind === "commands") return cut(progress.purpose, 60);
  if (progress?.kind === "search") return "looking for the machine";
  if (progress?.kind === "question")
    return progress.question === "disk" ? "nothing written yet" : "waits to be booted";
  return "starting";
}

function phaseStep(label: string, phase: Phase | undefined): RailStep {
  const step = { label, backTo: null };
  const status = phase?.status ?? { state: "waiting" as const };
  switch (status.state) {
    case "waiting":
      return { ...step, state: "todo", found: null };
    case "running":
      return { ...step, state: "current", found: phase ? runningWords(phase) : null };
    case "done":
      return { ...step, state: "done", found: cut(status.summary, 80) };
    case "failed":
      return { ...step, state: "failed", found: "failed" };
    case "cancelled":
      return { ...step, state: "stopped", found: "cancelled" };
  }
}

/** A run whose process died still says "running" in its phases: the run's own state tells the truth. */
function asStopped(step: RailStep, run: Run): RailStep {
  if (step.state !== "current" || run.status.state === "running") return step;
  return { ...step, state: "stopped", found: run.status.state };
}

/** What lies behind the stick, in the steps in which a person thinks of it. */
type Group = {
  label: string;
  phases: readonly PhaseName[];
  /** Whose finding stands for all of them. */
  tells: PhaseName;
};
const targetGroups: Group[] = [
  { label: "Booted and found", phases: ["boot", "reach"], tells: "reach" },
  { label: "Disk", phases: ["plan"], tells: "plan" },
  { label: "Partition and mount", phases: ["partition", "mount", "configure"], tells: "mount" },
  { label: "Install", phases: ["install"], tells: "install" },
  { label: "Check and reboot", phases: ["check", "reboot"], tells: "check" },
  { label: "Confirm", phases: ["confirm"], tells: "confirm" },
];

/** Several phases as one step: where the first one stands that is not done. */
function groupStep({ label, phases: names, tells }: Group, run: Run): RailStep {
  const phases = run.phases.filter(({ name }) => names.includes(name));
  const open = phases.find(({ status }) => status.state !== "done");
  if (!open)
    return phaseStep(
      label,
      phases.find(({ name }) => name === tells),
    );
  const begun = phases.some(({ status }) => status.state !== "waiting");
  if (begun && open.status.state === "waiting")
    return { label, backTo: null, state: "current", found: "going on" };
  return phaseStep(label, open);
}

function targetSteps(run: Run): RailStep[] {
  const stick: RailStep = {
    label: "Stick written",
    found: `${run.role} · verified`,
    state: "done",
    backTo: null,
  };
  return [stick, ...targetGroups.map((group) => asStopped(groupStep(group, run), run))];
}

export function runSteps(run: Run): RailStep[] {
  if (run.kind === "install" && mediumIsDone(run)) return targetSteps(run);
  const done = { state: "done" as const, backTo: null };
  const phase = (name: PhaseName) => run.phases.find((candidate) => candidate.name === name);
  const steps = [
    { ...done, label: "Device", found: run.host },
    { ...done, label: "Role", found: run.role },
    asStopped(phaseStep("Image", phase("image")), run),
    { ...done, label: capital(run.medium), found: driveWords(run.drive) },
    asStopped(phaseStep("Write", phase("write")), run),
    asStopped(phaseStep("Verify", phase("verify")), run),
  ];
  return run.kind === "medium" ? steps : [...steps, bootAndInstall];
}

function draftSubject(draft: Draft, catalog: Catalog): RailSubject | null {
  if (draft.step === "device") return null;
  const host = catalog.hosts.find((candidate) => candidate.name === draft.device.host);
  const role = "role" in draft ? draft.role : null;
  const about = [host?.label ?? draft.device.host, role].filter(Boolean).join(" · ");
  return { serial: draft.device.serial, about };
}

/** `isAway` while another place than the wizard is open. */
export function draftRail(draft: Draft, catalog: Catalog, isAway: boolean): RailView {
  const subject = draftSubject(draft, catalog);
  return { subject, steps: subject === null && isAway ? [] : draftSteps(draft, catalog) };
}

export function runRail(run: Run, catalog: Catalog): RailView {
  const host = catalog.hosts.find((candidate) => candidate.name === run.host);
  return {
    subject: { serial: run.serial, about: `${host?.label ?? run.host} · ${run.role}` },
    steps: runSteps(run),
  };
}
