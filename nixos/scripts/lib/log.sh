# shellcheck shell=bash
# Messages go to stderr, and so to the journal; stdout is for results.

say() { printf 'floppy: %s\n' "$*" >&2; }

# Ends the program with a reason. Nothing was changed, or what was changed is whole.
refuse() {
  say "refused: $*"
  exit 1
}
