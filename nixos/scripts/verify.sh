#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
# Is this device still what was provisioned? JSON on stdout; ends with 0 if it is, 1 if not.
#
#   floppy verify            every check; reading the whole store takes minutes
#   floppy verify --record   take the system that runs now as the one that is meant
#   floppy status            the quick checks, with what the last verification found in the store
#
# With --report as a last word, the fleet API is told.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

root=${FLOPPY_ROOT:-}
kept=$root/var/lib/floppy/store-check.json

# shellcheck source=lib/log.sh
. "$here/lib/log.sh"
# shellcheck source=lib/place.sh
. "$here/lib/place.sh"
# shellcheck source=lib/checks.sh
. "$here/lib/checks.sh"
# shellcheck source=lib/report.sh
. "$here/lib/report.sh"

quick_checks=(system layout scrub units)

verify() {
  check_store >"$work/store"
  place 644 "$work/store" /var/lib/floppy/store-check.json
}

kept_store_check() {
  cat "$kept" 2>/dev/null >"$work/store" || result store skipped "not verified yet: floppy verify" >"$work/store"
}

finish() {
  { run_checks "${quick_checks[@]}"; cat "$work/store"; } | status_of >"$work/status"
  cat "$work/status"
  [ "${1:-}" != --report ] || report "$work/status"
  [ "$(jq .ok "$work/status")" = true ]
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case "$*" in
  verify | "verify --report") verify && finish "${2:-}" ;;
  status | "status --report") kept_store_check && finish "${2:-}" ;;
  "verify --record")
    readlink "$root/run/current-system" >"$work/closure" || refuse "no system of NixOS runs here"
    place 644 "$work/closure" /etc/floppy/closure
    ;;
  *)
    sed -n '3,9s/^# \{0,1\}//p' "$0" >&2
    exit 64
    ;;
esac
