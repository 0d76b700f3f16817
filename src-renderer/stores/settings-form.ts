import { type Settings, settings } from "#contract/settings.ts";

/** The settings as a person edits them: lists as lines, what is unset as an empty text. */
export type SettingsForm = {
  benchName: string;
  flake: string;
  manifestUrl: string;
  manifestKey: string;
  authorizedKeys: string;
  ssid: string;
  passphrase: string;
  builders: string;
  substituters: string;
  trustedPublicKeys: string;
};
export type FormErrors = Partial<Record<keyof SettingsForm, string>>;

export function formOf(saved: Settings): SettingsForm {
  return {
    benchName: saved.benchName,
    flake: saved.flake ?? "",
    manifestUrl: saved.manifest?.url ?? "",
    manifestKey: saved.manifest?.publicKey ?? "",
    authorizedKeys: saved.authorizedKeys.join("\n"),
    ssid: saved.wifi?.ssid ?? "",
    passphrase: saved.wifi?.passphrase ?? "",
    builders: saved.builders,
    substituters: saved.substituters.join("\n"),
    trustedPublicKeys: saved.trustedPublicKeys.join("\n"),
  };
}

const lines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** A whole minisign.pub may be pasted, whose comment comes first. */
function publicKeyOf(text: string): string | null {
  const key = text.trim();
  return /RW[Q-T][A-Za-z0-9+/]{53}$/.exec(key)?.[0] ?? (key || null);
}

function settingsOf(form: SettingsForm): Omit<Settings, "theme"> {
  const hasManifest = form.manifestUrl.trim() !== "" || form.manifestKey.trim() !== "";
  const hasWifi = form.ssid !== "" || form.passphrase !== "";
  return {
    benchName: form.benchName.trim(),
    flake: form.flake.trim() || null,
    manifest: hasManifest ? { url: form.manifestUrl.trim(), publicKey: publicKeyOf(form.manifestKey) } : null,
    authorizedKeys: lines(form.authorizedKeys),
    wifi: hasWifi ? { ssid: form.ssid, passphrase: form.passphrase } : null,
    builders: form.builders.trim(),
    substituters: lines(form.substituters),
    trustedPublicKeys: lines(form.trustedPublicKeys),
  };
}

export type ReadForm =
  | { state: "valid"; settings: Omit<Settings, "theme"> }
  | { state: "invalid"; errors: FormErrors };

/** The field of the form that an issue's path points at: `wifi.ssid` → `ssid`. */
function fieldOf(path: PropertyKey[]): keyof SettingsForm {
  if (path[0] === "manifest") return path[1] === "publicKey" ? "manifestKey" : "manifestUrl";
  return String(path[0] === "wifi" ? (path[1] ?? "ssid") : path[0]) as keyof SettingsForm;
}

function wordsOf(path: PropertyKey[], message: string): string {
  return typeof path[1] === "number" ? `Line ${path[1] + 1}: ${message}` : message;
}

/** Checks the form by the contract's own rules; the first error of each field is kept. */
export function readForm(form: SettingsForm): ReadForm {
  const parsed = settings.omit({ theme: true }).safeParse(settingsOf(form));
  if (parsed.success) return { state: "valid", settings: parsed.data };
  const errors: FormErrors = {};
  for (const issue of parsed.error.issues) {
    errors[fieldOf(issue.path)] ??= wordsOf(issue.path, issue.message);
  }
  return { state: "invalid", errors };
}

/** What is wrong in settings that were saved, by another version or by hand. */
export function errorsIn(saved: Settings): FormErrors {
  const read = readForm(formOf(saved));
  return read.state === "invalid" ? read.errors : {};
}
