import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { FloppyError } from "#contract/errors.ts";
import {
  defaultSettings,
  type Settings,
  settings,
  storedSettings,
  wordsOfField,
} from "#contract/settings.ts";
import type { LoadedSettings, SettingsStore } from "#core/ports/inventory.ts";
import { parseJson, withoutMark } from "#core/text/json.ts";
import { whereNotJson } from "#core/text/json-position.ts";
import { errorCode } from "./error-code.ts";
import { syncFolder } from "./sync-folder.ts";

/** The text of the file, or null if there is none yet. */
async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    if (errorCode(thrown) === "ENOENT") return null;
    throw new FloppyError(
      "FILE_UNREADABLE",
      `The settings ${file} cannot be read.`,
      "They were left as they are. Make the file readable for you, then start Floppy again.",
      { file, reason: String(thrown) },
    );
  }
}

/** Whatever an object of JSON holds; null where the text is none. */
function parseObject(text: string): Record<string, unknown> | null {
  try {
    return z.record(z.string(), z.unknown()).parse(parseJson(text));
  } catch {
    return null;
  }
}

/** The fields that can be shown, each by itself: one that is wrong takes none of the others with it. */
function readable(found: Record<string, unknown>): Partial<Settings> {
  const fields = Object.entries(storedSettings.shape).flatMap(([name, shape]) => {
    const read = shape.safeParse(found[name]);
    return read.success ? [[name, read.data]] : [];
  });
  return Object.fromEntries(fields);
}

/** What is missing in an older file is taken from the defaults, and so is what cannot be shown, which is a problem. */
function understand(file: string, found: Record<string, unknown>): LoadedSettings {
  const checked = settings.safeParse({ ...defaultSettings, ...found });
  return {
    settings: { ...defaultSettings, ...readable(found) },
    problem: checked.success ? null : wrongFields(file, checked.error),
  };
}

function wrongFields(file: string, error: z.ZodError): FloppyError {
  const reason = error.issues.map(({ path, message }) => `${wordsOfField(path)}: ${message}`).join(" ");
  return new FloppyError(
    "SETTINGS_INVALID",
    `The settings hold something that cannot be used. ${reason}`,
    "All else in them is in use, and nothing was written to a drive. No medium is written until it is corrected in Settings.",
    { file, reason },
  );
}

function invalid(file: string, text: string): FloppyError {
  return new FloppyError(
    "SETTINGS_INVALID",
    `The settings ${file} hold something that Floppy does not understand.`,
    "They were left as they are, and nothing was written to a drive. Correct the file, or move it away to start with fresh settings.",
    // JSON.parse quotes what it stumbles over, which may be the Wi-Fi passphrase.
    { file, reason: `It is not JSON. The mistake is at ${whereNotJson(withoutMark(text))}.` },
  );
}

/** Somebody wrote that: it is put aside before something else takes its place. */
async function keepBroken(file: string): Promise<void> {
  await copyFile(file, `${file}.broken-${randomUUID().slice(0, 8)}`, constants.COPYFILE_EXCL);
}

/** Either the old or the new content is there after a crash, never half of one. */
async function replaceFile(file: string, text: string): Promise<void> {
  const next = `${file}.${randomUUID()}`;
  try {
    const handle = await open(next, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(next, file);
  } catch (thrown) {
    await rm(next, { force: true });
    throw thrown;
  }
  await syncFolder(dirname(file));
}

function unsaved(file: string, thrown: unknown): FloppyError {
  const full = errorCode(thrown) === "ENOSPC";
  return new FloppyError(
    full ? "DISK_FULL" : "FILE_UNREADABLE",
    full ? "The settings cannot be saved: the disk is full." : `The settings ${file} cannot be saved.`,
    "The settings from before are still there. Free some space or make the folder writable, then save again.",
    { file, reason: String(thrown) },
  );
}

/** Whether the change takes the place of something that could not even be shown. */
function buries(found: Record<string, unknown>, change: Partial<Settings>): boolean {
  const shown = readable(found);
  return Object.keys(change).some((name) => Object.hasOwn(found, name) && !Object.hasOwn(shown, name));
}

/**
 * Settings in a JSON file that only its owner may read: it may hold a Wi-Fi passphrase.
 * Settings that cannot be understood are an error rather than defaults: a device written without the
 * technician's SSH keys could not be reached. What is wrong in them stays until that very field is saved anew.
 */
export function createSettingsStore({ file }: { file: string }): SettingsStore {
  return {
    async load() {
      const text = await readText(file);
      if (text === null) return { settings: defaultSettings, problem: null };
      const found = parseObject(text);
      if (found === null) throw invalid(file, text);
      return understand(file, found);
    },
    async save(change) {
      const checked = settings.partial().safeParse(change);
      if (!checked.success) throw wrongFields(file, checked.error);
      const valid = checked.data as Partial<Settings>;
      const text = await readText(file);
      const found = text === null ? {} : parseObject(text);
      const next = { ...defaultSettings, ...found, ...valid };
      try {
        if (found === null || buries(found, valid)) await keepBroken(file);
        await replaceFile(file, `${JSON.stringify(next, null, 2)}\n`);
      } catch (thrown) {
        throw thrown instanceof FloppyError ? thrown : unsaved(file, thrown);
      }
      return understand(file, next);
    },
  };
}
