# shellcheck shell=bash
# shellcheck disable=SC2154 # $root is set by the program that reads this file
# One function a check; each prints {name, state, detail}. A check that cannot be made on this device is
# skipped and says why: that is no failure.

result() {
  jq --null-input --compact-output --arg name "$1" --arg state "$2" --arg detail "$3" '$ARGS.named'
}

# Runs the checks named, and nothing that is not one.
run_checks() {
  local name
  for name in "$@"; do "check_$name"; done
}

# Does the system run that was provisioned?
check_system() {
  local runs recorded
  runs=$(readlink "$root/run/current-system") || runs="no system of NixOS"
  if ! recorded=$(cat "$root/etc/floppy/closure" 2>/dev/null); then
    result system skipped "no closure is on record"
  elif [ "$runs" = "$recorded" ]; then
    result system passed "$runs"
  else
    result system failed "$runs runs, $recorded is on record; after a change you made: floppy verify --record"
  fi
}

# Is every path of the store what its hash says?
check_store() {
  local said status=0
  said=$(nix --extra-experimental-features nix-command store verify --all --no-trust 2>&1) || status=$?
  if [ "$status" -eq 0 ]; then
    result store passed "every path has the hash on record"
  elif [ $((status & 1)) -ne 0 ] && [[ $said == *" was modified"* ]]; then
    local changed
    changed=$(grep -o "path '[^']*' was modified" <<<"$said" | cut -d "'" -f 2)
    result store failed "changed: ${changed//$'\n'/ }"
  else
    result store failed "nix store verify ended with $status: $(tail -n 1 <<<"$said")"
  fi
}

# What did the last scrub find, and has the disk ever returned wrong data?
check_scrub() {
  local said mount_point=${FLOPPY_SCRUB:-}
  if [ -z "$mount_point" ]; then
    result scrub skipped "this system has no Btrfs that is scrubbed"
    return
  fi
  said=$(btrfs scrub status "$mount_point" 2>&1) || true
  if ! btrfs device stats --check "$mount_point" >/dev/null 2>&1; then
    result scrub failed "the disk has returned errors: btrfs device stats $mount_point"
  elif [[ $said == *"no stats available"* ]]; then
    result scrub skipped "not scrubbed yet"
  elif [[ $said != *"no errors found"* ]]; then
    result scrub failed "$(sed -n 's/^Error summary: *//p' <<<"$said")"
  elif [[ $said =~ Status:\ +finished ]]; then
    result scrub passed "no errors found"
  else
    result scrub skipped "the last scrub has not ended: $(sed -n 's/^Status: *//p' <<<"$said")"
  fi
}

# Is everything mounted as the layout says?
check_layout() {
  local problems
  problems=$(findmnt --json --list --output TARGET,FSTYPE,OPTIONS | jq --raw-output \
    --from-file "$here/lib/layout-problems.jq" --slurpfile expected "${FLOPPY_MOUNTS:-$root/etc/floppy/mounts.json}")
  if [ -z "$problems" ]; then
    result layout passed "every mount is as the layout says"
  else
    result layout failed "$problems"
  fi
}

# Does every service run that should? Our own report of a failure is not one more.
check_units() {
  local failed
  if ! failed=$(systemctl list-units --state=failed --plain --no-legend 2>&1); then
    result units failed "systemctl: $(tail -n 1 <<<"$failed")"
    return
  fi
  failed=$(awk '$1 !~ /^floppy-(verify|status)[.]/ { print $1 }' <<<"$failed")
  if [ -z "$failed" ]; then
    result units passed "no unit has failed"
  else
    result units failed "failed: ${failed//$'\n'/ }"
  fi
}
