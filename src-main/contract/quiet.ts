/** After so long without a word from nix, people are told: some compilers are quiet, but so is a build that hangs. */
export const QUIET_MS = 30_000;
