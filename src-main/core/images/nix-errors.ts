import { FloppyError } from "#contract/errors.ts";
import { type NixStream, storeName } from "./nix-stream.ts";

/** What was asked of nix, for the words of an error. */
export type NixAim = { flake: string; attribute: string };

const SAFE = "Nothing was written to any drive.";
const LOG_LINES = 30;

/** Curl's words by nix, then git's and ssh's: the address, and why there is no way to it. */
const unreachable = [
  /unable to download '([^']+)': (Couldn't resolve host name|Could not resolve host[^\n]*|Couldn't connect to server|Could not connect to server|Timeout was reached|Connection timed out|Operation too slow[^\n]*|SSL connect error)/,
  /unable to access '([^']+)': ((?:Could not resolve host|Failed to connect|Connection timed out|Operation too slow)[^\n]*)/,
  /ssh: (?:Could not resolve hostname|connect to host) (\S+?):? (?:port \d+: )?([^\n]+)/,
];
const fullDisk = /No space left on device|database or disk is full|Disk quota exceeded/i;
const disabledFeature = /experimental (?:Nix )?feature '([^']+)' is disabled|unrecognised flag '--extra-exp/;
const wrongSystem = /(?:an? '([\w-]+)' with features .* is required to build|Required system: '([\w-]+)')/;
const wrongProgram = /Exec format error|cannot execute binary file/;
/** All versions that know the option. */
const importRefused =
  /cannot build '([^']+)' during evaluation because the option 'allow-import-from-derivation' is disabled/;
const missingAttribute = /does not provide attribute/;
/** A derivation by its path; newer versions name outputs behind it, as `x.drv^out`. */
const derivationPath = /'([^'\s]+\.drv)(?:[!^][^']*)?'/;
/** What failed because something else did: nix 2.8 to 2.28, and from 2.29 on; then what was asked for as a whole. */
const consequences = [
  /\d+ dependencies of derivation '[^']+' failed to build/,
  /Reason: \d+ dependenc(?:y|ies) failed/,
  /^\s*error: build of '[^\n]*' failed\s*$/,
  /some dependencies of '[^']+' are missing/,
  /some substitutes for the outputs of derivation '[^']+' failed/,
];
const hashMismatch =
  /hash mismatch in fixed-output derivation '[^']+':\s+(?:specified|wanted):\s+(\S+)\s+got:\s+(\S+)/;
const ending = /\b(failed (?:with exit code \d+|due to signal \d+(?: \([^)]*\))?))/;

const isConsequence = (error: string) => consequences.some((consequence) => consequence.test(error));

/** What nix says went wrong, in one line. */
export function nixMessage({ errors, log }: NixStream): string {
  const causes = errors.filter((error) => !isConsequence(error));
  const told = causes.length > 0 ? causes : errors;
  const texts = told.length > 0 ? told : log.last.map(({ text }) => text);
  const lines = texts.flatMap((text) => text.split("\n"));
  const found = lines.findLast((line) => /^\s*error: ./.test(line)) ?? lines.at(-1) ?? "";
  return found.replace(/^\s*error: /, "").trim() || "Nix ended without saying why.";
}

function firstGroup(match: RegExpExecArray | null): string | null {
  return match?.slice(1).find((group) => group !== undefined) ?? null;
}

/** The first derivation that failed by itself, and nix's words for it; else one that lacks what it needs. */
function failedDerivation(errors: string[]): { derivation: string; error: string } | null {
  const causes = errors.filter((error) => !isConsequence(error));
  for (const error of causes.length > 0 ? causes : errors) {
    const derivation = firstGroup(derivationPath.exec(error));
    if (derivation) return { derivation, error };
  }
  return null;
}

/** What the derivation wrote last; nix's own words where it wrote nothing. */
function lastLines({ log, errors }: NixStream, failed: ReturnType<typeof failedDerivation>): string[] {
  const own = log.last.filter((entry) => failed !== null && entry.derivation === failed.derivation);
  const said = failed ? [failed.error] : errors;
  const lines = own.length > 0 ? own.map(({ text }) => text) : said.flatMap((text) => text.split("\n"));
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

function hashWrong(derivation: string, specified: string, got: string, log: string[]): FloppyError {
  const name = storeName(derivation);
  return new FloppyError(
    "NIX_BUILD_FAILED",
    `${name} has another hash than the flake says: it got ${got}, and wanted ${specified}.`,
    `${SAFE} What is fetched there was changed since its hash was written down. Update the flake, or correct the hash in it; nothing was taken over.`,
    { derivation: name, drvPath: derivation, specified, got, log },
  );
}

function buildFailed(derivation: string, error: string, log: string[]): FloppyError {
  const [, specified, got] = hashMismatch.exec(error) ?? [];
  if (specified && got) return hashWrong(derivation, specified, got, log);
  const name = storeName(derivation);
  if (isConsequence(error)) {
    return new FloppyError(
      "NIX_BUILD_FAILED",
      `Something that ${name} needs could not be built.`,
      `${SAFE} Its last lines say why. Mend the flake, or use an image file.`,
      { derivation: name, drvPath: derivation, log },
    );
  }
  return new FloppyError(
    "NIX_BUILD_FAILED",
    `The build of ${name} failed.`,
    `${SAFE} Its last lines say why. Mend the flake, or use an image file.`,
    { derivation: name, drvPath: derivation, reason: reasonOf(error), log },
  );
}

/** How it ended, in nix's words without the path that the message names already. */
function reasonOf(error: string): string {
  const how = firstGroup(ending.exec(error));
  const [first = ""] = error.replace(/^\s*error: /, "").split("\n");
  return how ? `its builder ${how}` : first.trim();
}

function notReached(address: string, reason: string, log: string[]): FloppyError {
  return new FloppyError(
    "NIX_FAILED",
    `Nix could not download ${address}: ${reason}.`,
    `${SAFE} Connect this machine to the internet and try again, or use an image file.`,
    { unreachable: address, reason, log },
  );
}

function importWanted(flake: string, derivation: string, log: string[]): FloppyError {
  const name = storeName(derivation);
  return new FloppyError(
    "NIX_IMPORT_REFUSED",
    `The flake ${flake} wants ${name} to be built and run while it is only read (import-from-derivation).`,
    `${SAFE} Floppy lets no flake do that. Have it read a file of its own in place of what a build makes, or use an image file.`,
    { flake, derivation: name, drvPath: derivation, log },
  );
}

/** The error that a failed nix command's stream tells of. */
export function nixError(stream: NixStream, { flake, attribute }: NixAim): FloppyError {
  const failed = failedDerivation(stream.errors);
  const log = lastLines(stream, failed);
  const said = stream.errors.length > 0 ? stream.errors : stream.log.last.map(({ text }) => text);
  // A builder may fill the disk and call programs; what flakes and nix lack is nix's own to say.
  const nixSaid = said.join("\n");
  const everything = [...said, ...log].join("\n");

  const feature = disabledFeature.exec(nixSaid);
  if (feature) {
    return new FloppyError(
      "NIX_FEATURES_DISABLED",
      `Nix has ${feature[1] ? `its feature ${feature[1]}` : "flakes"} disabled.`,
      `${SAFE} Use Nix 2.8 or later, with: experimental-features = nix-command flakes`,
      { log },
    );
  }
  const [, imported] = importRefused.exec(nixSaid) ?? [];
  if (imported) return importWanted(flake, imported, log);
  if (fullDisk.test(everything)) {
    return new FloppyError(
      "DISK_FULL",
      "The disk is full: nix had no space left for the image.",
      `${SAFE} What was built is kept. Free some space (nix-collect-garbage), then try again.`,
      { log },
    );
  }
  const system = wrongSystem.exec(nixSaid);
  if (system || wrongProgram.test(everything)) return unsupported(firstGroup(system), log);
  if (missingAttribute.test(nixSaid)) {
    return new FloppyError(
      "NIX_TARGET_UNKNOWN",
      `The flake ${flake} has no ${attribute}.`,
      `${SAFE} Choose another role, another flake in Settings, or an image file.`,
      { flake, attribute, log },
    );
  }
  // What git and ssh say comes as it is, beside nix's own words.
  const called = stream.log.last.filter((entry) => entry.derivation === null).map(({ text }) => text);
  const fetched = [nixSaid, ...called].join("\n");
  const [, address, reason] = unreachable.map((form) => form.exec(fetched)).find((match) => match) ?? [];
  if (address && reason) return notReached(address, reason.trim(), log);
  if (failed) return buildFailed(failed.derivation, failed.error, log);
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
