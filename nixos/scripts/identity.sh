#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
# The device's identity, from the FAT partition that Floppy wrote it to.
#
#   floppy identity apply           take the identity over, then remove its secrets from the partition
#   floppy identity apply --root R  the same for a system that was just installed at R;
#                                   with --from FOLDER, from the files in that folder, which is removed
#   floppy identity wipe            remove the secrets from the partition
#
# Power may go at any moment: every file is put in place whole, device.json as the last of them, and only
# then is the partition touched. With device.json in place a further run does nothing but that last step.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

root=${FLOPPY_ROOT:-}
live_system=${FLOPPY_LIVE_SYSTEM:-} # not empty on the installer, which forgets all and must find it again
from= # the folder that the identity is handed over in, where it is not on the partition
installed= # not empty where $root is a system that was just installed
work=

# shellcheck source=lib/log.sh
. "$here/lib/log.sh"
# shellcheck source=lib/place.sh
. "$here/lib/place.sh"
# shellcheck source=lib/system.sh
. "$here/lib/system.sh"
# shellcheck source=lib/medium.sh
. "$here/lib/medium.sh"
# shellcheck source=lib/identity-check.sh
. "$here/lib/identity-check.sh"
# shellcheck source=lib/handover.sh
. "$here/lib/handover.sh"

prepare() {
  one_at_a_time
  medium=$(find_medium)
  work=$(mktemp -d -p "${FLOPPY_WORK:-/run}")
  trap 'rm -rf "$work"' EXIT
  umask 022
}

# Copies what the partition carries to the work folder; fails where there is nothing.
read_medium() {
  [ -n "$medium" ] && medium_has floppy/identity.json || return 1
  local name
  for name in identity.json ssh_host_ed25519_key ssh_host_ed25519_key.pub; do
    medium_read "floppy/$name" "$work/$name" || refuse "floppy/$name is missing, too large, or not readable"
  done
  chmod 600 "$work/ssh_host_ed25519_key"
}

value() { jq --raw-output "$1" "$work/identity.json"; }

# What stays on record, here and on the partition: everything but the Wi-Fi passphrase and the private key.
without_secrets() { jq '.wifi = null | del(.confirmKey)' "$1"; }

take_over() {
  place 600 "$work/ssh_host_ed25519_key" /etc/ssh/ssh_host_ed25519_key
  place 644 "$work/ssh_host_ed25519_key.pub" /etc/ssh/ssh_host_ed25519_key.pub
  value '.authorizedKeys[]' >"$work/authorized_keys"
  place 644 "$work/authorized_keys" "/var/lib/floppy/authorized_keys.d/$(login_user)"
  if [ "$(value .confirmKey)" != null ] && [ -n "$installed" ]; then place_confirm_key; fi
  if [ "$(value .wifi)" != null ]; then
    jq --raw-output --from-file "$here/lib/wifi-profile.jq" "$work/identity.json" >"$work/wifi"
    place 600 "$work/wifi" /etc/NetworkManager/system-connections/floppy.nmconnection
  fi
  local announced=device
  if [ -n "$live_system" ] && [ -z "$installed" ]; then announced=installer; fi
  jq --raw-output --from-file "$here/lib/announcement.jq" \
    --arg system "$announced" "$work/identity.json" >"$work/announcement"
  place 644 "$work/announcement" /etc/avahi/services/floppy.service
  value .hostname >"$work/hostname"
  place 644 "$work/hostname" /etc/hostname
  # The system as it was provisioned, for `floppy verify` to compare with.
  system_path >"$work/closure"
  place 644 "$work/closure" /etc/floppy/closure
  without_secrets "$work/identity.json" >"$work/device.json"
  place 644 "$work/device.json" /etc/floppy/device.json
}

# wipe_medium FILE: leaves FILE as the identity on the partition, and no secret; mends what a power cut left half done.
wipe_medium() {
  [ -n "$medium" ] && medium_has floppy || return 0
  if findmnt --source "$medium" >/dev/null; then
    refuse "$medium is mounted; its secrets stay on it until it is unmounted"
  fi
  if medium_has floppy/ssh_host_ed25519_key; then medium_wipe floppy/ssh_host_ed25519_key; fi
  if medium_read floppy/identity.json "$work/found" && cmp --silent "$work/found" "$1"; then return 0; fi
  if medium_has floppy/identity.json; then medium_wipe floppy/identity.json; fi
  medium_write "$1" floppy/identity.json
}

apply() {
  if [ ! -e "$root/etc/floppy/device.json" ]; then
    if [ -n "$from" ]; then
      read_folder
    else
      read_medium || { say "no identity on this medium; nothing to do"; return 0; }
    fi
    check_identity
    check_host_key
    [ -z "$installed" ] || check_installed
    take_over
    say "this is $(value .serial), $(value .hostname)"
  fi
  [ -z "$from" ] || remove_folder
  [ -n "$live_system" ] || wipe_medium "$root/etc/floppy/device.json"
  if [ -z "$root" ]; then cat /etc/hostname >/proc/sys/kernel/hostname; fi
}

case "${1:-} ${2:-}" in
  "apply ") prepare && apply ;;
  "apply --root")
    root=${3:?--root needs a folder}
    installed=1
    if [ "${4:-}" = --from ]; then from=${5:?--from needs a folder}; fi
    prepare && apply
    ;;
  "wipe ")
    prepare
    # Where an earlier wipe was cut off, the partition may not say any more what this system took over from it.
    record=$root/etc/floppy/device.json
    if [ ! -e "$record" ]; then
      read_medium || { say "no identity on this medium; nothing to do"; exit 0; }
      record=$work/device.json; without_secrets "$work/identity.json" >"$record"
    fi
    wipe_medium "$record"
    ;;
  *)
    sed -n '3,9s/^# \{0,1\}//p' "$0" >&2
    exit 64
    ;;
esac
