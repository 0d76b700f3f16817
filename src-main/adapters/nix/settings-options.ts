import type { Settings } from "#contract/settings.ts";

/** Builders and caches of the settings as nix's options; what is not set stays as the machine has it. */
export function settingsOptions({ builders, substituters, trustedPublicKeys }: Settings): string[] {
  return [
    ...(builders.trim() ? ["--builders", builders] : []),
    ...(substituters.length > 0 ? ["--option", "extra-substituters", substituters.join(" ")] : []),
    ...(trustedPublicKeys.length > 0
      ? ["--option", "extra-trusted-public-keys", trustedPublicKeys.join(" ")]
      : []),
  ];
}

/** Whether the settings hold anything that nix takes only from users it trusts. */
export function needsTrust({ builders, substituters }: Settings): boolean {
  return builders.trim() !== "" || substituters.length > 0;
}
