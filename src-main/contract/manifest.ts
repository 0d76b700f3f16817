/** A list of images that somebody else built: what they are, where they lie, and what must arrive. */
import { z } from "zod";
import { type ImageContent, imageContent } from "./images.ts";

const fetched = z.union([
  z.url({ protocol: /^https$/ }),
  z.url({ protocol: /^http$/, hostname: /^(localhost|127(\.\d+){3}|\[::1\])$/ }),
]);
const secret = /^https?:\/\/[^/?#\\]*@/;

/** What is fetched: nothing but HTTPS, save from this very machine, where a mirror may be served. */
export const remoteUrl = z
  .string()
  .max(2000)
  .refine((text) => !secret.test(text), "A name or password in it would be shown.")
  .refine((text) => fetched.safeParse(text).success, "Only https:// is fetched.");

export const manifestImage = z.object({
  /** As the flake's `images` call it: `raspberry-robot`, `installer-x86_64`. */
  target: z.string().regex(/^[a-z][a-z0-9_-]{0,99}$/),
  /** Mirrors of the same file, the first one first. */
  urls: z.array(remoteUrl).min(1).max(16),
  /** Bytes of the file as it is served. */
  fileBytes: z.number().int().positive(),
  /** Of the file as it is served, hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/)
    .optional(),
  /** The revision of the flake that it was built from. */
  builtFrom: z
    .string()
    .regex(/^[\x20-\x7e]{1,100}$/)
    .optional(),
  /** Without it, all of the file is downloaded before it is written. */
  content: imageContent.optional(),
});
export type ManifestImage = z.infer<typeof manifestImage>;

/** What can be written while it is downloaded; null where all of the file is needed first, as a .zip's list at its end. */
export function contentToStream({ content }: Pick<ManifestImage, "content">): ImageContent | null {
  return content && content.format !== "zip" ? content : null;
}

/** What a signature is to be for, or it is one for something else. */
export const MANIFEST_PURPOSE = "floppy-images";

/** What makes a signed list the current one. It is signed with all the rest. */
export const currency = z.object({
  purpose: z.literal(MANIFEST_PURPOSE),
  /** Never less than in the lists that were signed before it with the same key. */
  serial: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  expires: z.iso.datetime(),
});
export type Currency = z.infer<typeof currency>;

export const manifest = z.object({
  version: z.literal(1),
  ...currency.partial().shape,
  images: z
    .array(manifestImage)
    .min(1)
    .max(1000)
    .refine((images) => new Set(images.map(({ target }) => target)).size === images.length, {
      message: "A target is named twice.",
    }),
});
export type Manifest = z.infer<typeof manifest>;

/** Where the manifest is, and who must have signed it; without a key, nobody has to. */
export const manifestPlace = z.object({
  url: z
    .string()
    .refine(
      (text) => /^\/.{1,4000}$/.test(text) || remoteUrl.safeParse(text).success,
      "This is neither an https:// address nor a path as /srv/images.json.",
    ),
  publicKey: z
    .string()
    .regex(/^RW[Q-T][A-Za-z0-9+/]{53}$/, "This is no minisign public key: 56 characters that begin with RW.")
    .nullable(),
});
export type ManifestPlace = z.infer<typeof manifestPlace>;

/** A manifest as it was found. */
export const foundManifest = z.object({
  url: z.string(),
  signature: z.discriminatedUnion("state", [
    /** By the key of the settings; what the signer said with it, signed as well. */
    z.object({
      state: z.literal("signed"),
      comment: z.string(),
      /** Not there in a list of before, which says nothing of its age: `AGELESS` tells a person. */
      current: currency.pick({ serial: true, expires: true }).optional(),
    }),
    z.object({ state: z.literal("unsigned") }),
  ]),
  /** What else is listed there, and why this Floppy cannot use it. */
  skipped: z.array(z.string()).default([]),
  /** Why it is the copy that was kept; null where it is the one that is there now. */
  kept: z.string().nullable(),
  /** `here`: downloaded before, so that no network is needed. */
  images: z.array(manifestImage.extend({ here: z.boolean() })),
});
export type FoundManifest = z.infer<typeof foundManifest>;

export const AGELESS =
  "It says neither how old it is nor until when it is good: an older one could be passed off as it. " +
  "Have it published anew, by a Floppy that writes both.";

/** What a person must know of a signature that is good; null where there is nothing. */
export function ageless({ signature }: Pick<FoundManifest, "signature">): string | null {
  return signature.state === "signed" && !signature.current ? AGELESS : null;
}
