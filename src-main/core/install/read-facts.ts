/** What kind of machine a target is. Every output is a stranger's word: bounded, cleaned, and parsed. */
import { z } from "zod";
import type { TargetFacts } from "#contract/targets.ts";
import { readable } from "../text/readable.ts";
import { parseConfirmation } from "./confirmation.ts";

/** Small files of the kernel, each after its own name, so that one that is missing says nothing. */
export const filesCommand = [
  "sh",
  "-c",
  `for file in "$@"; do printf '== %s\\n' "$file"; head -c 16384 "$file" 2>/dev/null; printf '\\n'; done`,
  "floppy",
  "/proc/sys/kernel/random/boot_id",
  "/proc/meminfo",
  "/proc/cpuinfo",
  "/sys/class/dmi/id/sys_vendor",
  "/sys/class/dmi/id/product_name",
  "/sys/class/power_supply/AC/online",
  "/sys/class/power_supply/ACAD/online",
  "/sys/class/power_supply/ADP1/online",
  "/sys/class/power_supply/BAT0/capacity",
  "/sys/class/power_supply/BAT1/capacity",
  "/sys/firmware/efi/fw_platform_size",
  "/etc/os-release",
];

export const clockCommand = ["date", "-u", "+%s"];
export const addressesCommand = ["ip", "-json", "address", "show", "up", "scope", "global"];

export type SmallFiles = Map<string, string>;

function parseFiles(stdout: string): SmallFiles {
  const files: SmallFiles = new Map();
  for (const part of `\n${stdout}`.split("\n== ").slice(1)) {
    const end = part.indexOf("\n");
    files.set(part.slice(0, end), part.slice(end + 1).trim());
  }
  return files;
}

/** Which system answers there: the live one of a stick, or one that is installed. */
export type WhoAnswers = { bootId: string; live: boolean };

const bootId = z.string().regex(/^[0-9a-f-]{36}$/);

/** Throws a ZodError where nobody sensible answers. An installed device answers whatever it is asked in its own way. */
export function whoAnswers(stdout: string): { who: WhoAnswers; files: SmallFiles } {
  const installed = parseConfirmation(stdout);
  if (installed) return { who: { bootId: installed.bootId, live: false }, files: new Map() };
  const files = parseFiles(stdout);
  const live = /^VARIANT_ID="?installer"?$/m.test(files.get("/etc/os-release") ?? "");
  return { who: { bootId: bootId.parse(files.get("/proc/sys/kernel/random/boot_id")), live }, files };
}

function kibibytes(meminfo: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d{1,12}) kB$`, "m").exec(meminfo);
  return Number(found?.[1] ?? 0) * 1024;
}

function productOf(files: SmallFiles): string | null {
  const vendor = files.get("/sys/class/dmi/id/sys_vendor") ?? "";
  const product = files.get("/sys/class/dmi/id/product_name") ?? "";
  const whole = product.toLowerCase().startsWith(vendor.toLowerCase()) ? product : `${vendor} ${product}`;
  return readable(whole, 80) || null;
}

function powerOf(files: SmallFiles): TargetFacts["power"] {
  const folder = "/sys/class/power_supply";
  const capacity = files.get(`${folder}/BAT0/capacity`) || files.get(`${folder}/BAT1/capacity`);
  const plugged = ["AC", "ACAD", "ADP1"].some((name) => files.get(`${folder}/${name}/online`) === "1");
  if (plugged || !capacity) return { source: "mains" };
  return { source: "battery", percent: /^\d{1,3}$/.test(capacity) ? Number(capacity) : null };
}

const interfaces = z.array(
  z.object({
    addr_info: z
      .array(z.object({ local: z.string().max(64) }))
      .max(64)
      .default([]),
  }),
);

function parseAddresses(json: string): string[] {
  try {
    const all = interfaces.parse(JSON.parse(json)).flatMap(({ addr_info }) => addr_info);
    return all.map(({ local }) => readable(local, 64)).slice(0, 16);
  } catch {
    return [];
  }
}

type Outputs = { files: SmallFiles; clock: string; addresses: string; nowMs: number };

export function readFacts({ files, clock, addresses, nowMs }: Outputs): Omit<TargetFacts, "disks"> {
  const meminfo = files.get("/proc/meminfo") ?? "";
  const cpuinfo = files.get("/proc/cpuinfo") ?? "";
  const seconds = /^\d{1,12}$/.test(clock.trim()) ? Number(clock.trim()) : 0;
  return {
    product: productOf(files),
    processor: readable(/^model name\s*: (.*)$/m.exec(cpuinfo)?.[1] ?? "", 80) || null,
    cores: cpuinfo.match(/^processor\s*:/gm)?.length ?? 0,
    memoryBytes: kibibytes(meminfo, "MemTotal"),
    availableBytes: kibibytes(meminfo, "MemAvailable"),
    firmware: files.get("/sys/firmware/efi/fw_platform_size") ? "uefi" : "bios",
    power: powerOf(files),
    clockOffsetSeconds: Math.round(seconds - nowMs / 1000),
    addresses: parseAddresses(addresses),
  };
}
