import { z } from "zod";
import { type Host, installerName } from "./catalog.ts";

/** What the flake and a manifest call the image for a target: its own for a card, the installer for a stick. */
export function imageName({ medium, system }: Pick<Host, "medium" | "system">, target: string): string {
  return medium === "card" ? target : installerName(system);
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * What the technician asks for: built from the flake, a file of their own, the manifest's, as it was shown, or one that
 * is made here to practise with, for practice drives alone.
 */
export const imageChoice = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("build") }),
  z.object({ kind: z.literal("file"), path: z.string().min(1) }),
  z.object({ kind: z.literal("download"), sha256 }),
  z.object({ kind: z.literal("practice") }),
]);
export type ImageChoice = z.infer<typeof imageChoice>;

const imageFormat = z.enum(["raw", "zst", "gz", "xz", "bz2", "zip"]);
export type ImageFormat = z.infer<typeof imageFormat>;

export const provenance = z.discriminatedUnion("source", [
  z.object({
    source: z.literal("nix"),
    flake: z.string(),
    /** Null for a flake that is a dirty or plain folder. */
    revision: z.string().nullable(),
    attribute: z.string(),
    drvPath: z.string(),
    storePath: z.string(),
    narHash: z.string(),
  }),
  z.object({ source: z.literal("file"), path: z.string() }),
  z.object({
    source: z.literal("manifest"),
    manifest: z.string(),
    /** Of the file as it was served. */
    sha256,
    builtFrom: z.string().nullable(),
    signed: z.boolean(),
  }),
  z.object({ source: z.literal("practice") }),
]);
export type Provenance = z.infer<typeof provenance>;

/** What an inspection rests upon. Whoever finds any of it different looks at the image again. */
export const imageBasis = z.object({
  /** Over all that the kernel tells of the file behind the path, and of each `.bmap` that is or could be beside it. */
  files: sha256,
  /** With what it was unpacked. */
  decoders: z.string(),
});
export type ImageBasis = z.infer<typeof imageBasis>;

/** What reading an image file through to its end told. */
export const inspection = z.object({
  path: z.string(),
  format: imageFormat,
  /** Bytes of the file as it lies on disk. */
  fileBytes: z.number().int().nonnegative(),
  modifiedMs: z.number(),
  /** None for what was inspected by an older Floppy, and for what is still being downloaded: that counts only once. */
  basis: imageBasis.optional(),
  /** Bytes that will reach the drive: counted, never taken from a header. */
  sizeBytes: z.number().int().nonnegative(),
  /** Of the file as it lies on disk, hexadecimal. */
  sha256,
  /** XXH3 over the XXH3 of each unpacked MiB, hexadecimal: what flows to a drive later must have the same. */
  contentHash: z.string().optional(),
  /** The FAT partition that can carry a device identity, in bytes of the unpacked image. */
  firmware: z.object({ offset: z.number().int(), sizeBytes: z.number().int() }).nullable(),
  /** Set where it holds neither a partition table nor a file system: it may be no image at all. */
  unrecognised: z.literal(true).optional(),
  /** Set where its bytes say that it is for practice: no device starts from it. */
  practice: z.literal(true).optional(),
});
export type Inspection = z.infer<typeof inspection>;

/** What an image holds, told before it is here: with it, an image can be written while it is downloaded. */
export const imageContent = inspection
  .pick({
    format: true,
    sizeBytes: true,
    contentHash: true,
    firmware: true,
    unrecognised: true,
    practice: true,
  })
  .required({ contentHash: true });
export type ImageContent = z.infer<typeof imageContent>;

export const image = inspection.extend({ provenance });
export type Image = z.infer<typeof image>;

/** One thing to know before a build, and how to mend it. */
const preflightCheck = z.object({
  name: z.string(),
  ok: z.boolean(),
  found: z.string(),
  fix: z.string().nullable(),
});
export const preflight = z.object({ ready: z.boolean(), checks: z.array(preflightCheck) });
export type PreflightCheck = z.infer<typeof preflightCheck>;
export type Preflight = z.infer<typeof preflight>;

/** Where a nix build stands. Items are derivations and paths; bytes are downloads and copies. */
export const buildProgress = z.object({
  stage: z.enum(["evaluating", "building", "inspecting"]),
  doneItems: z.number().int(),
  expectedItems: z.number().int(),
  doneBytes: z.number(),
  expectedBytes: z.number(),
  /** Name of the derivation or path under way. */
  current: z.string().nullable(),
});
export type BuildProgress = z.infer<typeof buildProgress>;
