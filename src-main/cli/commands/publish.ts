import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { FloppyError } from "#contract/errors.ts";
import { type Currency, type Manifest, manifest } from "#contract/manifest.ts";
import { currencyOf, entryOf, MANIFEST_NAME, manifestOf } from "#core/images/publish.ts";
import { formatBytes } from "#core/text/format.ts";
import { parseJson } from "#core/text/json.ts";
import { shellWord } from "#core/text/shell.ts";
import { type Context, withFloppy } from "../context.ts";
import { table } from "../table.ts";
import { writeTextFile } from "../write-file.ts";

export type PublishOptions = { url: string; builtFrom?: string; serial?: string; expires?: string };

function nothingThere(folder: string): FloppyError {
  return new FloppyError(
    "IMAGE_NOT_FOUND",
    `There is no image in ${folder}.`,
    "No manifest was written. Put the images there, each named after its target, as raspberry-robot.img.zst.",
  );
}

/** The list of before, which is written anew; null for whatever else has its name, and is somebody's own. */
async function readBefore(file: string): Promise<Manifest | null> {
  try {
    return manifest.parse(parseJson(await readFile(file, "utf8")));
  } catch {
    return null;
  }
}

/** Refused before anything is read: images are large. */
function ageOf({ serial, expires }: PublishOptions, before: Manifest | null): Currency {
  const age = {
    ...(serial !== undefined && { serial: Number(serial) }),
    ...(expires !== undefined && { days: Number(expires) }),
  };
  return currencyOf(age, before?.serial ?? null, new Date());
}

function tooMany(folder: string, count: number): FloppyError {
  return new FloppyError(
    "INVALID_INPUT",
    `${folder} holds ${count} folders and images, which is more than one manifest takes.`,
    "Nothing was written. Put the images that are to be published into a folder of their own.",
  );
}

/** Reads every image of a folder through, and writes beside them the manifest by which other benches download them. */
export async function publish(context: Context, given: string, options: PublishOptions): Promise<void> {
  const folder = resolve(given);
  const file = join(folder, MANIFEST_NAME);
  const before = await readBefore(file);
  const age = ageOf(options, before);
  const publication = { url: options.url, builtFrom: options.builtFrom ?? null };
  await withFloppy(context, async ({ handlers }) => {
    const { entries, leftOut } = await handlers["files.list"]({ path: folder }, context.signal);
    if (leftOut > 0) throw tooMany(folder, entries.length + leftOut);
    const found = entries.filter(({ kind }) => kind === "image");
    if (found.length === 0) throw nothingThere(folder);
    const images = [];
    for (const { name, path } of found) {
      context.signal.throwIfAborted();
      context.report.note(`Reading ${name}`);
      images.push(entryOf(name, await handlers["images.inspect"]({ path }, context.signal), publication));
    }
    const { version, images: listed } = manifestOf(images);
    const text = `${JSON.stringify({ version, ...age, images: listed }, null, 2)}\n`;
    await writeTextFile(file, text, { mode: 0o644, replace: before !== null });
    const rows = images.map(({ target, fileBytes, sha256, urls }) => [
      target,
      formatBytes(fileBytes),
      sha256.slice(0, 12),
      urls[0] ?? "",
    ]);
    const until = `Its serial is ${age.serial}, and it is good until ${age.expires.slice(0, 10)}: publish it anew before.`;
    const next = `${until}\nSign it: minisign -S -m ${shellWord(file)}\nServe the folder, and set ${MANIFEST_NAME}'s address and the public key in Settings of each bench.`;
    context.report.result(
      { file, images, ...age },
      [table(["Image", "Size", "SHA-256", "Address"], rows), `In ${file}.\n${next}`].join("\n\n"),
    );
  });
}
