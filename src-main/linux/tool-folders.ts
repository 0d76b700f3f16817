/** Where an elevated process, or one on NixOS, does not look by itself. */
const toolFolders = [
  "/run/wrappers/bin",
  "/run/current-system/sw/bin",
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
];

/** A PATH on which the system's tools are found, whoever started the process. */
export function withToolFolders(path: string | undefined): string {
  return [path, ...toolFolders].filter(Boolean).join(":");
}
