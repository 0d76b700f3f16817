import {
  HOST_KEY_PATH,
  HOST_KEY_PUBLIC_PATH,
  IDENTITY_PATH,
  identityProblem,
  identityRefused,
  type MediumIdentity,
} from "#contract/identity.ts";
import type { Run } from "#contract/runs.ts";
import type { Settings } from "#contract/settings.ts";
import type { MediumFile } from "#contract/writer.ts";
import type { HostKey } from "../ports/targets.ts";

/** What a device is, once it has its medium: on a card as it is, on a disk as it is handed over. */
export function mediumIdentity(run: Run, hostname: string, settings: Settings): MediumIdentity {
  return {
    version: 1,
    serial: run.serial,
    host: run.host,
    role: run.role,
    runId: run.id,
    hostname,
    authorizedKeys: settings.authorizedKeys,
    wifi: settings.wifi,
  };
}

/** On the stick: only the run's own key gets into the live system. */
export function stickIdentity(
  run: Run,
  hostname: string,
  settings: Settings,
  runKey: string,
): MediumIdentity {
  return { ...mediumIdentity(run, hostname, settings), authorizedKeys: [runKey.trim()] };
}

/** On the installed disk: its owners' keys, and the run's for the one question that confirms it. */
export function targetIdentity(
  run: Run,
  hostname: string,
  settings: Settings,
  runKey: string,
): MediumIdentity {
  return { ...mediumIdentity(run, hostname, settings), confirmKey: runKey.trim() };
}

/** The files that make an image this device's: its identity, as the device takes it, and its SSH host key. */
export function mediumFiles(identity: MediumIdentity, hostKey: HostKey): MediumFile[] {
  const content = `${JSON.stringify(identity, null, 2)}\n`;
  const problem = identityProblem(content);
  if (problem !== null) throw identityRefused(problem);
  return [
    { path: IDENTITY_PATH, content },
    { path: HOST_KEY_PATH, content: hostKey.privateKey },
    { path: HOST_KEY_PUBLIC_PATH, content: `${hostKey.publicKey.trimEnd()}\n` },
  ];
}
