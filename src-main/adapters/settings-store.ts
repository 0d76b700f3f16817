import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { FloppyError } from "#contract/errors.ts";
import { defaultSettings, type Settings, settings } from "#contract/settings.ts";
import type { SettingsStore } from "#core/ports.ts";
import { parseJson } from "#core/text/json.ts";
import { errorCode } from "./error-code.ts";

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

/** What is missing in an older file is taken from the defaults. */
function parse(text: string): Settings {
  return settings.parse({ ...defaultSettings, ...z.record(z.string(), z.unknown()).parse(parseJson(text)) });
}

function invalid(file: string, thrown: unknown): FloppyError {
  // JSON.parse quotes what it stumbles over, which may be the Wi-Fi passphrase.
  const reason = thrown instanceof z.ZodError ? z.prettifyError(thrown) : "It is not JSON.";
  return new FloppyError(
    "SETTINGS_INVALID",
    `The settings ${file} hold something that Floppy does not understand.`,
    "They were left as they are, and nothing was written to a drive. Correct the file, or move it away to start with fresh settings.",
    { file, reason },
  );
}

function isValid(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Somebody wrote those settings: they are put aside before new ones take their place. */
async function keepBroken(file: string): Promise<void> {
  const text = await readText(file);
  if (text === null || isValid(text)) return;
  await copyFile(file, `${file}.broken-${randomUUID().slice(0, 8)}`, constants.COPYFILE_EXCL);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
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

/**
 * Settings in a JSON file that only its owner may read: it may hold a Wi-Fi passphrase.
 * Settings that cannot be understood are an error rather than defaults: a device written without the
 * technician's SSH keys could not be reached.
 */
export function createSettingsStore({ file }: { file: string }): SettingsStore {
  return {
    async load() {
      const text = await readText(file);
      if (text === null) return defaultSettings;
      try {
        return parse(text);
      } catch (thrown) {
        throw invalid(file, thrown);
      }
    },
    async save(next) {
      const text = `${JSON.stringify(settings.parse(next), null, 2)}\n`;
      try {
        await keepBroken(file);
        await replaceFile(file, text);
      } catch (thrown) {
        throw thrown instanceof FloppyError ? thrown : unsaved(file, thrown);
      }
    },
  };
}
