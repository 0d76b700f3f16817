#!/usr/bin/env bash
# What the run that installed this device may still ask, with the key it left here and nothing but this.
#
#   floppy confirm            who this is and what runs
#   floppy confirm --verify   the same, after every check; reading the whole store takes minutes
#   floppy confirm --done     take the key away
#
# Over SSH the words come from the other side: only these three mean anything.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

root=${FLOPPY_ROOT:-}
device=$root/etc/floppy/device.json
[ -e "$device" ] || device=/dev/null

# tell STATUS: as a status of `floppy verify` says it, with who this is.
tell() {
  jq --null-input --slurpfile device "$device" --argjson status "$1" \
    --arg bootId "$(cat /proc/sys/kernel/random/boot_id)" \
    --arg hostname "$(uname -n)" \
    --arg system "$(readlink "$root/run/current-system" || true)" \
    '($device[0] // {}) as $device | {
      bootId: $bootId, serial: ($device.serial // null), runId: ($device.runId // null),
      hostname: $hostname, system: $system, ok: $status.ok, problems: $status.problems
    }'
}

# Floppy asks in a line of a shell; what stands before the words is never run.
case "${SSH_ORIGINAL_COMMAND:-floppy $*}" in
  *"floppy confirm --done") rm -f "$root/var/lib/floppy/authorized_keys.d/root" ;;
  *"floppy confirm --verify") tell "$(bash "$here/verify.sh" verify || true)" ;;
  *) tell '{ "ok": true, "problems": [] }' ;;
esac
