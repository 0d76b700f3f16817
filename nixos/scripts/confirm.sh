#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
# What the run that installed this device may still ask, with the key it left here and nothing but this.
#
#   floppy confirm            who this is, what runs, and what the quick checks say
#   floppy confirm --verify   the same, after every check; reading the whole store takes minutes
#   floppy confirm --done     take the key away
#
# Over SSH the words come from the other side: only these three mean anything. The device itself says --boot at
# each start: with the second one after it was confirmed, a key that nobody took away goes as well.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

root=${FLOPPY_ROOT:-}
key=$root/var/lib/floppy/authorized_keys.d/root
boots=$root/var/lib/floppy/confirmed # the boot that was confirmed, and those after it: one a line
boot_id=$(cat /proc/sys/kernel/random/boot_id)

# shellcheck source=lib/log.sh
. "$here/lib/log.sh"
# shellcheck source=lib/place.sh
. "$here/lib/place.sh"

# tell COMMAND: what `floppy verify` or `floppy status` found, with who this is and which boot of it.
tell() {
  local status
  status=$(bash "$here/verify.sh" "$1") || [ -n "$status" ] || refuse "this device cannot be verified"
  jq --null-input --argjson status "$status" --arg bootId "$boot_id" \
    --argjson uptimeSeconds "$(cut -d . -f 1 /proc/uptime)" \
    --arg hostname "$(uname -n)" --arg system "$(readlink "$root/run/current-system" || true)" \
    '{ bootId: $bootId, uptimeSeconds: $uptimeSeconds, hostname: $hostname, system: $system }
      + ($status | { serial, runId, ok, problems, checks })'
  if [ "$1" = verify ] && [ "$(jq .ok <<<"$status")" = true ]; then count_from_here; fi
}

# What a person who is not root asks leaves no trace.
count_from_here() {
  [ -e "$key" ] && [ -w "$(dirname "$boots")" ] || return 0
  echo "$boot_id" | place 600 /dev/stdin /var/lib/floppy/confirmed
}

count_boot() {
  [ -e "$boots" ] || return 0
  echo "$boot_id" >>"$boots"
  [ "$(wc -l <"$boots")" -le 2 ] || take_away
}

# On a live system the key at that place is the stick's, and the only way in.
take_away() {
  [ -z "${FLOPPY_LIVE_SYSTEM:-}" ] || refuse "this system runs from its stick, whose key stays"
  rm -f "$key" "$boots"
}

if [ "$*" = "confirm --boot" ]; then
  count_boot
  exit
fi
# Floppy asks in a line of a shell; what stands before the words is never run.
case "${SSH_ORIGINAL_COMMAND:-floppy $*}" in
  *"floppy confirm --done") take_away ;;
  *"floppy confirm --verify") tell verify ;;
  *) tell status ;;
esac
