import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { FloppyError } from "#contract/errors.ts";
import { manifest } from "#contract/manifest.ts";
import { entryOf, MANIFEST_NAME, manifestOf } from "#core/images/publish.ts";
import { formatBytes } from "#core/text/format.ts";
import { shellWord } from "#core/text/shell.ts";
import { type Context, withFloppy } from "../context.ts";
import { table } from "../table.ts";
import { writeTextFile } from "../write-file.ts";

export type PublishOptions = { url: string; builtFrom?: string };

function nothingThere(folder: string): FloppyError {
  return new FloppyError(
    "IMAGE_NOT_FOUND",
    `There is no image in ${folder}.`,
    "No manifest was written. Put the images there, each named after its target, as raspberry-robot.img.zst.",
  );
}

/** A list of before is written anew; whatever else has its name is somebody's own. */
async function isManifest(file: string): Promise<boolean> {
  try {
    return manifest.safeParse(JSON.parse(await readFile(file, "utf8"))).success;
  } catch {
    return false;
  }
}

/** Reads every image of a folder through, and writes beside them the manifest by which other benches download them. */
export async function publish(context: Context, given: string, options: PublishOptions): Promise<void> {
  const folder = resolve(given);
  const file = join(folder, MANIFEST_NAME);
  const publication = { url: options.url, builtFrom: options.builtFrom ?? null };
  await withFloppy(context, async ({ handlers }) => {
    const { entries } = await handlers["files.list"]({ path: folder });
    const found = entries.filter(({ kind }) => kind === "image");
    if (found.length === 0) throw nothingThere(folder);
    const images = [];
    for (const { name, path } of found) {
      context.signal.throwIfAborted();
      context.report.note(`Reading ${name}`);
      images.push(entryOf(name, await handlers["images.inspect"]({ path }), publication));
    }
    const text = `${JSON.stringify(manifestOf(images), null, 2)}\n`;
    await writeTextFile(file, text, { mode: 0o644, replace: await isManifest(file) });
    const rows = images.map(({ target, fileBytes, sha256, urls }) => [
      target,
      formatBytes(fileBytes),
      sha256.slice(0, 12),
      urls[0] ?? "",
    ]);
    const next = `Sign it: minisign -S -m ${shellWord(file)}\nServe the folder, and set ${MANIFEST_NAME}'s address and the public key in Settings of each bench.`;
    context.report.result(
      { file, images },
      [table(["Image", "Size", "SHA-256", "Address"], rows), `In ${file}.\n${next}`].join("\n\n"),
    );
  });
}
