import type { Host } from "#contract/catalog.ts";
import type { Drive, Volume } from "#contract/drives.ts";
import { STICK_IDENTITY_BYTES } from "#contract/identity.ts";
import type { Run } from "#contract/runs.ts";
import type { KnownImage } from "../../stores/draft.ts";
import { formatBytes, formatMedium } from "../../ui/format.ts";
import type { Segment } from "../../ui/SegmentBar.tsx";

/** Gaps below one percent are alignment, not news. */
const SMALLEST_GAP = 0.01;

const free = (bytes: number, at: number, label = "free"): Segment => ({
  id: `free-${at}`,
  label,
  detail: formatMedium(bytes),
  bytes,
  look: "free",
});

/** Named as its owner named it, or else as the kernel does. */
function lost(volume: Volume): Segment {
  const name = volume.label ?? volume.path.slice(volume.path.lastIndexOf("/") + 1);
  const detail = [volume.filesystem, formatMedium(volume.sizeBytes)].filter(Boolean).join(" · ");
  return { id: volume.path, label: name, detail, bytes: volume.sizeBytes, look: "lost" };
}

/** What lies on the drive, in its order, with what is free between. */
export function segmentsNow(drive: Pick<Drive, "identity" | "volumes">, drawn = lost): Segment[] {
  const { sizeBytes } = drive.identity;
  const volumes = drive.volumes.toSorted((one, other) => (one.offset ?? 0) - (other.offset ?? 0));
  const segments: Segment[] = [];
  let end = 0;
  const fillUpTo = (offset: number) => {
    if (offset - end > sizeBytes * SMALLEST_GAP) segments.push(free(offset - end, end));
  };
  for (const volume of volumes) {
    fillUpTo(volume.offset ?? end);
    segments.push(drawn(volume));
    end = Math.max(end, (volume.offset ?? end) + volume.sizeBytes);
  }
  fillUpTo(sizeBytes);
  return segments.length === 1 && volumes.length === 0 ? [free(sizeBytes, 0, "no known data")] : segments;
}

/** The image that was last built for a target, as far as this window saw it. */
export function lastBuilt(runs: Run[], target: string): KnownImage | null {
  const built = runs.filter((run) => run.target === target && run.image?.provenance.source === "nix");
  return built.toSorted((one, other) => other.startedAt.localeCompare(one.startedAt))[0]?.image ?? null;
}

type After = { segments: Segment[]; toScale: boolean };

/** What will be on it. Not to scale while nobody has read the image. */
export function segmentsAfter(
  drive: Drive,
  inspection: KnownImage | null,
  awaited: "build" | "download" = "build",
  medium: Host["medium"] = "card",
): After {
  if (!inspection) {
    const unknown = { look: "new" as const, detail: `known after the ${awaited}` };
    const firmware = { ...unknown, id: "firmware", label: "FIRMWARE, identity", bytes: 1 };
    return { segments: [firmware, { ...unknown, id: "system", label: "NixOS", bytes: 3 }], toScale: false };
  }
  const parts = medium === "stick" ? stickParts(inspection) : cardParts(inspection);
  const written = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const rest = drive.identity.sizeBytes - written;
  const isGrown = medium === "card" && !inspection.practice;
  const unused = free(rest, written, isGrown ? "unused until the first boot" : "unused");
  return { segments: rest > 0 ? [...parts, unused] : parts, toScale: true };
}

const named = (label: string, bytes: number): Segment => ({
  id: label,
  label,
  bytes,
  detail: formatBytes(bytes),
  look: "new",
});

function cardParts({ firmware, sizeBytes, practice }: KnownImage): Segment[] {
  if (!firmware) return [named("Image as it is", sizeBytes)];
  const system = practice ? "ROOT, for practice" : "NixOS";
  return [named("FIRMWARE, identity", firmware.sizeBytes), named(system, sizeBytes - firmware.sizeBytes)];
}

/** The identity lies behind the installer. */
function stickParts({ sizeBytes }: KnownImage): Segment[] {
  return [named("Installer", sizeBytes), named("FLOPPY, identity", STICK_IDENTITY_BYTES)];
}
