/** The commands that turn a laid out disk into the target's system, as they are shown and run. */
import type { BuildPlace, PlannedCommand } from "#contract/targets.ts";
import { evaluationOptions } from "../images/evaluation-options.ts";
import { shellQuote } from "../text/shell.ts";
import { TARGET_ROOT } from "./disk-commands.ts";

/** Where the design of the systems wants the flake on an installed disk. */
const FLAKE_FOLDER = `${TARGET_ROOT}/etc/floppy/nixos`;
/** Only root reads it, on the target's own disk, until the identity is in its place. */
export const HANDOVER_FOLDER = `${TARGET_ROOT}/var/lib/floppy/handover`;
const SYSTEM_PROFILE = `${TARGET_ROOT}/nix/var/nix/profiles/system`;
/** The nix store of the new disk: what is put into it does not fill the live system's memory. */
export const TARGET_STORE = `local?root=${TARGET_ROOT}`;

/** What the target finds out about its own hardware; file systems are the layout's business. */
export const hardwareCommand = [
  "nixos-generate-config",
  "--root",
  TARGET_ROOT,
  "--no-filesystems",
  "--show-hardware-config",
];

const planned = (phase: string, purpose: string, ...lines: string[]): PlannedCommand => ({
  phase,
  purpose,
  command: lines.join("\n"),
});

/** Takes a tar of the flake on its stdin; the old copy stays until the new one is whole. */
export const receiveFlake = planned(
  "configure",
  "Copy the flake",
  `rm -rf ${FLAKE_FOLDER}.new`,
  `mkdir -p ${FLAKE_FOLDER}.new`,
  `tar --extract --directory ${FLAKE_FOLDER}.new --no-same-owner`,
  `rm -rf ${FLAKE_FOLDER}`,
  `mv ${FLAKE_FOLDER}.new ${FLAKE_FOLDER}`,
  `chmod -R u=rwX,go=rX ${FLAKE_FOLDER}`,
);

/** Takes a tar of the identity's files on its stdin. */
export const receiveIdentity = planned(
  "configure",
  "Hand over the device’s identity, for root’s eyes only",
  `rm -rf ${HANDOVER_FOLDER}`,
  `install -d -m 700 ${HANDOVER_FOLDER}`,
  `umask 077`,
  `tar --extract --directory ${HANDOVER_FOLDER} --no-same-owner --no-same-permissions`,
  `sync --file-system ${HANDOVER_FOLDER}`,
);

export const configureCommands: PlannedCommand[] = [receiveFlake, receiveIdentity];

const printMissing = "xargs --no-run-if-empty nix-store --check-validity --print-invalid";

/** Reads paths on its stdin, prints those that the new store lacks. */
export const missingPathsCommand = planned(
  "install",
  "Ask what is there already",
  `export NIX_REMOTE='${TARGET_STORE}'`,
  printMissing,
);

/** The same of the store that the stick brought. */
export const missingOnStickCommand = planned("install", "Ask what the stick holds", printMissing);

/** Reads paths on its stdin that the stick holds, references first; nix compares each with its hash. */
export const takeFromStickCommand = planned(
  "install",
  "Take from the stick what it holds of the system",
  `export new='${TARGET_STORE}'`,
  `xargs --no-run-if-empty sh -euc 'nix-store --export "$@" | NIX_REMOTE=$new nix-store --import > /dev/null' sh`,
);

const UNPACKER = "command -v zstd";

/** Says something where the machine can unpack what is pushed. */
export const unpackerCommand = ["sh", "-c", `${UNPACKER} || true`];

/**
 * Takes what `nix-store --export` gives on its stdin, packed or as it is: what is no zstd goes through. Each path is
 * whole in the store or not at all.
 */
export const importCommand = planned(
  "install",
  "Push the system into the new store",
  `export NIX_REMOTE='${TARGET_STORE}'`,
  `if ${UNPACKER} > /dev/null; then zstd --decompress --force --stdout --quiet; else cat; fi | nix-store --import > /dev/null`,
);

/** The system's own path: known once it is built, or once the target has built it. */
export function nixosInstall(target: string, storePath: string | null): PlannedCommand {
  const what = storePath === null ? ["--flake", `${FLAKE_FOLDER}#${target}`] : ["--system", storePath];
  return planned(
    "install",
    storePath === null ? "Build and install the system" : "Install the system and its boot loader",
    shellQuote([
      ...["nixos-install", "--root", TARGET_ROOT, ...what, "--no-root-passwd", "--no-channel-copy"],
      // A system that is there already is not evaluated.
      ...(storePath === null ? evaluationOptions : []),
    ]),
  );
}

export const applyIdentity = planned(
  "install",
  "Put the identity into its place",
  `floppy identity apply --root ${TARGET_ROOT} --from ${HANDOVER_FOLDER}`,
  // Whoever cuts the power from here on finds a system that starts.
  "sync",
);

export function installCommands(target: string, place: BuildPlace): PlannedCommand[] {
  const install = nixosInstall(target, place === "here" ? "/nix/store/…" : null);
  return [...(place === "here" ? [takeFromStickCommand, importCommand] : []), install, applyIdentity];
}

export const systemPathCommand = ["readlink", "--canonicalize", SYSTEM_PROFILE];

/** Prints the boot loader's entries with what they load, and what is missing of it. */
export const bootFilesCommand = [
  "sh",
  "-euc",
  [
    `cd ${TARGET_ROOT}/boot`,
    "find . -ipath './EFI/*.efi' -printf 'efi %p %s\\n'",
    "for entry in loader/entries/*.conf; do",
    '  [ -e "$entry" ] || continue',
    '  printf "entry %s\\n" "$entry"',
    "  while read -r word path rest; do",
    '    case $word in linux | initrd | efi) if [ -s ".$path" ]; then echo "has $path"; else echo "lacks $path"; fi ;; esac',
    '    case $word in options) printf "options %s %s\\n" "$path" "$rest" ;; esac',
    '  done < "$entry"',
    "done",
  ].join("\n"),
];

/** Links of the new system are absolute and begin at its own root, so each is followed from there. */
const installedFile = [
  'installed() { path=$1; while next=$(readlink "$root$path"); do case $next in /*) path=$next ;; *) path=$(dirname "$path")/$next ;; esac; done; printf "%s" "$path"; }',
  'root=$1 etc=$(installed "$2/etc")',
  'cat "$root$(installed "$etc/$3")"',
].join("\n");

export function fstabCommand(storePath: string): string[] {
  return ["sh", "-euc", installedFile, "floppy", TARGET_ROOT, storePath, "fstab"];
}

export const failedUnitsCommand = ["systemctl", "list-units", "--state=failed", "--plain", "--no-legend"];

const secretsOff = planned("reboot", "Take the secrets off the stick", "floppy identity wipe");
const unmount = planned(
  "reboot",
  "Write everything out and unmount",
  "sync",
  `if mountpoint --quiet ${TARGET_ROOT}; then umount --recursive ${TARGET_ROOT}; fi`,
);
/** Answered before it happens: the connection would be gone with it. */
const reboot = planned("reboot", "Restart into the new system", "systemctl --no-block reboot");

export const finishCommands: PlannedCommand[] = [unmount, secretsOff, reboot];

/** Exit code where a job ended without leaving one: killed, or the machine was out of memory. */
export const JOB_VANISHED = 70;

/**
 * Runs a command so that it goes on when the connection does not, and can be joined again: whoever asks while it
 * runs follows that one, else it is begun. The lock is held by the job's own shell, for as long as it lives.
 */
const runJob = [
  "job=/run/floppy/$1",
  'mkdir -p "$job"',
  'exec 9>"$job/lock"',
  "if flock --nonblock 9; then",
  '  rm -f "$job/code"',
  '  : >"$job/log"',
  "  setsid sh -c '",
  '    echo $$ >"$2/pid"',
  '    sh -euc "$1" 9>&- </dev/null >"$2/log" 2>&1',
  '    echo $? >"$2/code"',
  '  \' floppy "$2" "$job" </dev/null >/dev/null 2>&1 &',
  "fi",
  "exec 9>&-",
  'flock "$job/lock" true &',
  'tail --lines=+1 --follow --pid=$! "$job/log"',
  'wait "$!"',
  `exit "$(cat "$job/code" || echo ${JOB_VANISHED})"`,
].join("\n");

export function jobCommand(name: string, command: string): string[] {
  return ["sh", "-uc", runJob, "floppy", name, command];
}

/** Ends a job and all it started. */
export function stopJobCommand(name: string): string[] {
  return ["sh", "-c", 'kill -TERM -- "-$(cat "/run/floppy/$1/pid")"', "floppy", name];
}
