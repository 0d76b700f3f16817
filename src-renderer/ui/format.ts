const KiB = 1024;
const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** A medium's size as it is printed on it, in steps of 1000: `32 GB`, `2 TB`. */
export function formatMedium(bytes: number): string {
  if (bytes < 1e9) return `${Math.round(bytes / 1e6)} MB`;
  if (bytes < 9.95e9) return `${trimmed(bytes / 1e9)} GB`;
  if (bytes < 999.5e9) return `${Math.round(bytes / 1e9)} GB`;
  return `${trimmed(bytes / 1e12)} TB`;
}

/** Bytes of an image or a file, in steps of 1024: `3.08 GiB`, `870 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < KiB) return `${bytes} B`;
  if (bytes < MiB) return `${Math.round(bytes / KiB)} KiB`;
  if (bytes < 10 * MiB) return `${(bytes / MiB).toFixed(1)} MiB`;
  if (bytes < GiB) return `${Math.round(bytes / MiB)} MiB`;
  return `${(bytes / GiB).toFixed(2)} GiB`;
}

/** Memory as it is sold: `16 GiB`, though a little of it is never seen. */
export function formatMemory(bytes: number): string {
  return bytes < GiB ? `${Math.round(bytes / MiB)} MiB` : `${Math.round(bytes / GiB)} GiB`;
}

/** A text of a stranger as one line of at most `longest` characters. */
export function cut(text: string, longest: number): string {
  const line = text
    .slice(0, longest * 4)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\s]+/gu, " ")
    .trim();
  const characters = [...line];
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join("")}…`;
}

/** `1.94 of 3.08 GiB`: the part in the unit of the whole. */
export function formatPart(part: number, whole: number): string {
  const unit = whole < GiB ? MiB : GiB;
  const digits = unit === GiB ? 2 : 0;
  return `${(part / unit).toFixed(digits)} of ${(whole / unit).toFixed(digits)} ${unit === GiB ? "GiB" : "MiB"}`;
}

export function formatSpeed(bytesPerSecond: number): string {
  return `${(bytesPerSecond / MiB).toFixed(1)} MiB/s`;
}

/** Whole percent, rounded down: 100 is said only when all is done. */
export function percentOf(part: number, whole: number): number {
  return whole > 0 ? Math.min(100, Math.floor((part / whole) * 100)) : 0;
}

/** `45 s`, `1 min 52 s`, `2 h 05 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
}

/** `4f1c08…9ae2` of a long hexadecimal hash. */
export function shortHash(hash: string): string {
  return hash.length > 12 ? `${hash.slice(0, 6)}…${hash.slice(-4)}` : hash;
}

/** `09:41` of an ISO time. */
export function formatClock(iso: string, withSeconds = false): string {
  const [hours, minutes, seconds] = [
    new Date(iso).getHours(),
    new Date(iso).getMinutes(),
    new Date(iso).getSeconds(),
  ];
  const parts = withSeconds ? [hours, minutes, seconds] : [hours, minutes];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** `2 Mar 2026, 09:41` of an ISO time. */
export function formatDay(iso: string): string {
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
  return `${day.format(new Date(iso))}, ${formatClock(iso)}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function trimmed(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}
