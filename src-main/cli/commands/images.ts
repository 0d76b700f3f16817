import { FloppyError } from "#contract/errors.ts";
import { AGELESS, type FoundManifest } from "#contract/manifest.ts";
import { formatBytes } from "#core/text/format.ts";
import { type Context, withFloppy } from "../context.ts";
import { table } from "../table.ts";

function describeTrust({ signature }: FoundManifest): string {
  if (signature.state === "unsigned") return "Not signed: no public key is set in Settings.";
  const { comment, current } = signature;
  const age = current
    ? `Its serial is ${current.serial}; it is good until ${current.expires.slice(0, 10)}.`
    : AGELESS;
  return `Signed by the key in Settings: ${comment}\n${age}`;
}

/** Of a serial as a person names it; naming it is the agreement. */
function serialOf(text: string): number {
  const serial = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(serial)) return serial;
  throw new FloppyError(
    "INVALID_INPUT",
    `“${text}” is no serial of a manifest.`,
    "Nothing was changed. Name the one that the error named, as --go-back-to 5.",
  );
}

function describe(found: FoundManifest): string {
  const rows = found.images.map(({ target, fileBytes, sha256, builtFrom, here }) => [
    target,
    formatBytes(fileBytes),
    sha256.slice(0, 12),
    builtFrom?.slice(0, 12) ?? "–",
    here ? "yes" : "no",
  ]);
  const kept = found.kept === null ? [] : [`${found.kept} This is the copy from before.`];
  const skipped = found.skipped.map(
    (reason) => `Left out, for this Floppy does not understand it: ${reason}`,
  );
  return [
    table(["Image", "Size", "SHA-256", "Built from", "Downloaded"], rows),
    [`From ${found.url}.`, describeTrust(found), ...kept, ...skipped].join("\n"),
  ].join("\n\n");
}

export async function images(context: Context, { goBackTo }: { goBackTo?: string }): Promise<void> {
  const serial = goBackTo === undefined ? null : serialOf(goBackTo);
  await withFloppy(context, async ({ handlers }) => {
    const manifest =
      serial === null
        ? await handlers["images.manifest"]({}, context.signal)
        : await handlers["images.goBack"]({ serial, goBackConfirmed: serial });
    const text = manifest ? describe(manifest) : "No image manifest is set in Settings.";
    context.report.result({ manifest }, text);
  });
}
