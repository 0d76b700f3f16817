import { FloppyError } from "#contract/errors.ts";
import type { RemoteResult } from "../../ports/targets.ts";
import { broken, type Phase } from "../../runs/kind.ts";
import { installationOf, learn } from "../installation.ts";
import { push } from "../push.ts";
import {
  applyIdentity,
  JOB_VANISHED,
  jobCommand,
  nixosInstall,
  stopJobCommand,
  systemPathCommand,
} from "../system-commands.ts";
import type { Target } from "../target.ts";
import { onLiveTarget, type Work } from "../work.ts";
import { planOf } from "./partition.ts";

const HOUR_MS = 60 * 60_000;
const STORE_PATH = /^\/nix\/store\/[a-z0-9]{32}-[A-Za-z0-9+._?=-]+$/;

function installFailed({ exitCode }: RemoteResult, lines: string[]): FloppyError {
  const said =
    lines.findLast((line) => /error|fail|cannot|no space|killed/i.test(line)) ?? lines.at(-1) ?? "";
  const vanished = exitCode === JOB_VANISHED;
  return new FloppyError(
    "INSTALL_FAILED",
    vanished
      ? "nixos-install was ended from outside; the machine may have run out of memory."
      : `nixos-install ended with ${exitCode}: ${said.trim()}`,
    "The disk is laid out and keeps what was copied; the machine was not restarted. Retry this phase: it goes on where it stopped.",
    { exitCode, lines: lines.slice(-30) },
  );
}

/** Goes on by itself where the connection is lost, and is joined again. */
async function runInstaller(work: Work, target: Target, storePath: string | null): Promise<void> {
  const { recorder, signal } = work;
  const command = nixosInstall(recorder.current().target, storePath);
  const job = `install-${recorder.current().id}`;
  const stop = () => void target.ask(stopJobCommand(job)).catch(() => undefined);
  signal.addEventListener("abort", stop, { once: true });
  const tell = (said: string | null) =>
    recorder.progress("install", { kind: "commands", done: 0, total: 2, purpose: command.purpose, said });
  tell(null);
  try {
    await target.perform(command, {
      argv: jobCommand(job, command.command),
      timeoutMs: 12 * HOUR_MS,
      failure: installFailed,
      onLine: tell,
    });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The path that the system profile of the new disk leads to. */
export async function installedSystem(target: Target): Promise<string> {
  const path = (await target.ask(systemPathCommand)).trim();
  if (STORE_PATH.test(path)) return path;
  throw new FloppyError(
    "INSTALL_FAILED",
    "The new disk has no system profile.",
    "The machine was not restarted. Retry the phase “Install”.",
    { path: path.slice(0, 200) },
  );
}

/** Installs the system that was built here, or has the target build it. */
export const install: Phase<Work> = {
  name: "install",
  needs: ["configure"],
  meanwhile: { state: "installing" },
  leaves: broken,
  async perform(work) {
    const { recorder, settings, ports } = work;
    await recorder.begin("install");
    const { buildPlace } = planOf(work);
    const { system } = installationOf(work);
    const built = buildPlace === "here" ? system : null;
    const path = await onLiveTarget(work, "mount", async ({ target }) => {
      if (built) await push(work, target, built);
      await runInstaller(work, target, built?.storePath ?? null);
      await target.perform(applyIdentity);
      return installedSystem(target);
    });
    if (built === null) {
      const flake = settings.flake ?? ports.bundledFlake;
      await learn(work, { system: { storePath: path, drvPath: null, flake, revision: null } });
    }
    await recorder.finish("install", path.slice("/nix/store/".length, "/nix/store/".length + 8));
  },
};
