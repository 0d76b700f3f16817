/** A laptop that was booted from its stick, as SSH would show it: it does as it is told, or as a test wants it. */
import { FloppyError } from "#contract/errors.ts";
import type { Remote, RemoteCommand, RemoteResult } from "#core/ports/targets.ts";
import { blockdevices, flakeLayout, hardwareAnswer, links, lsblkOf } from "../unit/core/install/machine.ts";
import { builtSystemPath } from "./fake-ports.ts";

const firstBoot = "00000000-0000-4000-8000-000000000001";
const deviceBoot = "00000000-0000-4000-8000-00000000000d";

function lost(): FloppyError {
  return new FloppyError("TARGET_LOST", "The connection is gone.", "");
}

const mounts = JSON.stringify({
  filesystems: flakeLayout.partitions.flatMap(({ fileSystem, mounts: all }) =>
    all.map(({ mountPoint, subvolume, options }) => ({
      target: mountPoint === "/" ? "/mnt" : `/mnt${mountPoint}`,
      fstype: fileSystem.type,
      options: [
        ...(subvolume ? [`subvol=/${subvolume}`] : []),
        ...options.flatMap((option) => option.replace(/^umask=(.*)/, "fmask=$1,dmask=$1")),
      ].join(","),
    })),
  ),
});

const partitions = JSON.stringify({
  blockdevices: [
    {
      children: flakeLayout.partitions.map(({ label, type, sizeMiB, fileSystem }) => ({
        type: "part",
        size: (sizeMiB ?? 1) * 1024 ** 2,
        partlabel: label,
        parttype: type,
        fstype: fileSystem.type,
        label: fileSystem.label,
      })),
    },
  ],
});

const fstab = flakeLayout.partitions
  .flatMap(({ label, fileSystem, mounts: all }) =>
    all.map(({ mountPoint, subvolume, options }) => {
      const words = [...(subvolume ? [`subvol=${subvolume}`] : []), ...options].join(",");
      return `/dev/disk/by-partlabel/${label} ${mountPoint} ${fileSystem.type} ${words} 0 0`;
    }),
  )
  .join("\n");

type Boot = { id: string; live: boolean };

function smallFiles(bootId: string): string {
  const files = {
    "/proc/sys/kernel/random/boot_id": bootId,
    "/proc/meminfo": "MemTotal: 8000000 kB\nMemAvailable: 7000000 kB",
    "/sys/firmware/efi/fw_platform_size": "64",
    "/etc/os-release": "VARIANT_ID=installer",
  };
  return Object.entries(files)
    .map(([name, text]) => `== ${name}\n${text}\n`)
    .join("");
}

/** What the live system answers, by a word of the command. */
const answers: [word: string, answer: (bootId: string) => string][] = [
  ["/proc/meminfo", smallFiles],
  ["PARTTYPENAME", () => lsblkOf(blockdevices)],
  ["/dev/disk/by-path -type", () => links],
  ["PARTTYPE,FSTYPE", () => partitions],
  [
    "sgdisk --print",
    () =>
      flakeLayout.partitions.map(({ label }, at) => ` ${at + 1} 2048 4096 1 MiB 8300 ${label}`).join("\n"),
  ],
  ["findmnt", () => mounts],
  [
    "btrfs subvolume list",
    () => ["@", "@home", "@nix", "@log", "@snapshots"].map((name) => `ID 1 path ${name}`).join("\n"),
  ],
  ["readlink --canonicalize", () => `${builtSystemPath}\n`],
  [
    "loader/entries",
    () => `efi ./EFI/BOOT/BOOTX64.EFI 9\nentry a\nhas /linux\noptions init=${builtSystemPath}/init`,
  ],
  [" fstab", () => fstab],
  ["date -u +%s", () => `${Math.round(Date.UTC(2026, 0, 1) / 1000)}\n`],
  ["ip -json", () => "[]"],
  ["nixos-generate-config", () => hardwareAnswer],
];

/** What the installed device says, whatever it is asked. */
function confirmation(runId: string): string {
  return JSON.stringify({
    bootId: deviceBoot,
    serial: "FLOPPY-DEL-00001",
    runId,
    hostname: "floppy-del-00001",
    system: builtSystemPath,
    ok: true,
    problems: [],
  });
}

async function drain({ input }: RemoteCommand): Promise<void> {
  if (input === undefined || typeof input === "string" || Buffer.isBuffer(input)) return;
  for await (const _chunk of input);
}

type Machine = {
  /** As a power cut does: everything that is connected is gone, and the live system starts anew. */
  restart(): void;
  /** The network fails in the middle of a command. */
  lose(): never;
};

/** `interfere` may answer a command in the machine's place, or throw. `knows` is the run that it was booted for. */
export function fakeTarget(
  interfere: (line: string, machine: Machine) => Partial<RemoteResult> | null = () => null,
) {
  let boot: Boot = { id: firstBoot, live: true };
  let restarts = 0;
  const lines: string[] = [];
  const knows = { runId: "" };
  const open = new Set<() => void>();
  const closeAll = () => {
    for (const close of open) close();
  };

  const machine: Machine = {
    restart() {
      restarts += 1;
      boot = { id: `${firstBoot.slice(0, -3)}${100 + restarts}`, live: true };
      closeAll();
    },
    lose() {
      closeAll();
      throw lost();
    },
  };

  function answer(line: string): string {
    if (!boot.live) return confirmation(knows.runId);
    return answers.find(([word]) => line.includes(word))?.[1](boot.id) ?? "";
  }

  async function run(command: RemoteCommand): Promise<RemoteResult> {
    const line = command.argv.join(" ");
    lines.push(line);
    await drain(command);
    const given = interfere(line, machine);
    const stdout = given?.stdout ?? answer(line);
    for (const one of stdout.split("\n").filter(Boolean)) command.onLine?.(one);
    if (line.includes("systemctl --no-block reboot") && !given) {
      boot = { id: deviceBoot, live: false };
      closeAll();
    }
    return { exitCode: 0, signal: null, stderr: "", ...given, stdout };
  }

  const remote: Remote = {
    async connect() {
      const { promise: closed, resolve } = Promise.withResolvers<Error | null>();
      const close = () => {
        open.delete(close);
        resolve(null);
      };
      open.add(close);
      return { closed, close, run: (command) => (open.has(close) ? run(command) : Promise.reject(lost())) };
    },
    fingerprint: async () => null,
  };
  return { remote, lines, knows };
}
