import { FloppyError } from "#contract/errors.ts";
import { type NixStream, storeName } from "./nix-stream.ts";

/** What was asked of nix, for the words of an error. */
export type NixAim = { flake: string; attribute: string };

const SAFE = "Nothing was written to any drive.";
const LOG_LINES = 30;

const fullDisk = /No space left on device|database or disk is full|Disk quota exceeded/i;
const disabledFeature = /experimental (?:Nix )?feature '([^']+)' is disabled|unrecognised flag '--extra-exp/;
const wrongSystem = /(?:an? '([\w-]+)' with features .* is required to build|Required system: '([\w-]+)')/;
const wrongProgram = /Exec format error|cannot execute binary file/;
const missingAttribute = /does not provide attribute/;
const failedBuilder =
  /builder for '([^']+\.drv)' failed|Cannot build '([^']+\.drv)'|build of '([^']+\.drv)' on .+ failed/;

/** What nix says went wrong, in one line. */
export function nixMessage({ errors, log }: NixStream): string {
  const texts = errors.length > 0 ? errors : log.last.map(({ text }) => text);
  const lines = texts.flatMap((text) => text.split("\n"));
  const found = lines.findLast((line) => /^\s*error: ./.test(line)) ?? lines.at(-1) ?? "";
  return found.replace(/^\s*error: /, "").trim() || "Nix ended without saying why.";
}

function firstGroup(match: RegExpExecArray | null): string | null {
  return match?.slice(1).find((group) => group !== undefined) ?? null;
}

function failedDerivation(errors: string[]): string | null {
  for (const error of errors) {
    const derivation = firstGroup(failedBuilder.exec(error));
    if (derivation) return derivation;
  }
  return null;
}

/** What the derivation wrote last; nix's own words where it wrote nothing. */
function lastLines({ log, errors }: NixStream, derivation: string | null): string[] {
  const own = log.last.filter((entry) => derivation !== null && entry.derivation === derivation);
  const lines = own.length > 0 ? own.map(({ text }) => text) : errors.flatMap((text) => text.split("\n"));
  return lines.slice(-LOG_LINES);
}

function unsupported(system: string | null, log: string[]): FloppyError {
  const wanted = system ?? "another system";
  return new FloppyError(
    "NIX_SYSTEM_UNSUPPORTED",
    `This machine cannot build for ${wanted}.`,
    `${SAFE} Set up emulation (binfmt and extra-platforms) or a remote builder in Settings, or use an image file.`,
    { system, log },
  );
}

function buildFailed(derivation: string, log: string[]): FloppyError {
  return new FloppyError(
    "NIX_BUILD_FAILED",
    `The build of ${storeName(derivation)} failed.`,
    `${SAFE} Its last lines say why; the whole log: nix log ${derivation}`,
    { derivation: storeName(derivation), drvPath: derivation, log },
  );
}

/** The error that a failed nix command's stream tells of. */
export function nixError(stream: NixStream, { flake, attribute }: NixAim): FloppyError {
  const derivation = failedDerivation(stream.errors);
  const log = lastLines(stream, derivation);
  const said = stream.errors.length > 0 ? stream.errors : stream.log.last.map(({ text }) => text);
  const everything = [...said, ...log].join("\n");

  const feature = disabledFeature.exec(everything);
  if (feature) {
    return new FloppyError(
      "NIX_FEATURES_DISABLED",
      `Nix has ${feature[1] ? `its feature ${feature[1]}` : "flakes"} disabled.`,
      `${SAFE} Use Nix 2.8 or later, with: experimental-features = nix-command flakes`,
      { log },
    );
  }
  if (fullDisk.test(everything)) {
    return new FloppyError(
      "DISK_FULL",
      "The disk is full: nix had no space left for the image.",
      `${SAFE} What was built is kept. Free some space (nix-collect-garbage), then try again.`,
      { log },
    );
  }
  const system = wrongSystem.exec(everything);
  if (system || wrongProgram.test(everything)) return unsupported(firstGroup(system), log);
  if (missingAttribute.test(everything)) {
    return new FloppyError(
      "NIX_TARGET_UNKNOWN",
      `The flake ${flake} has no ${attribute}.`,
      `${SAFE} Choose another role, another flake in Settings, or an image file.`,
      { flake, attribute, log },
    );
  }
  if (derivation) return buildFailed(derivation, log);
  return new FloppyError(
    "NIX_FAILED",
    `Nix failed: ${nixMessage(stream)}`,
    `${SAFE} Mend what nix complains about, then try again.`,
    { log },
  );
}

export function nixMissing(): FloppyError {
  return new FloppyError(
    "NIX_MISSING",
    "Nix is not installed on this machine.",
    `${SAFE} Use an image file, or install Nix (Debian: apt install nix-bin) and try again.`,
  );
}
