import type { FoundManifest } from "#contract/manifest.ts";
import { formatBytes } from "#core/text/format.ts";
import { type Context, withFloppy } from "../context.ts";
import { table } from "../table.ts";

function describeTrust({ signature }: FoundManifest): string {
  return signature.state === "signed"
    ? `Signed by the key in Settings: ${signature.comment}`
    : "Not signed: no public key is set in Settings.";
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

export async function images(context: Context): Promise<void> {
  await withFloppy(context, async ({ handlers }) => {
    const manifest = await handlers["images.manifest"]({});
    const text = manifest ? describe(manifest) : "No image manifest is set in Settings.";
    context.report.result({ manifest }, text);
  });
}
