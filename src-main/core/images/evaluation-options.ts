/**
 * Options of nix for every evaluation that Floppy starts. Evaluating is reading: nothing is built and run for it
 * (import-from-derivation), and a flake does not change how it is read by settings of its own, which nix would put
 * above these.
 */
export const evaluationOptions = [
  ...["--option", "allow-import-from-derivation", "false"],
  ...["--option", "accept-flake-config", "false"],
] as const;
