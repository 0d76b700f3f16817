# shellcheck shell=bash
# shellcheck disable=SC2154 # $from, $work and $largest_file are set by the program that reads this file
# What only an installation brings: the identity in a folder, and a key for the question that confirms it.

identity_files=(identity.json ssh_host_ed25519_key ssh_host_ed25519_key.pub)

# As read_medium, from the folder that is handed over. A link in it could lead anywhere.
read_folder() {
  local name file
  [ "$(stat -c "%u %a" "$from" 2>/dev/null)" = "$EUID 700" ] ||
    refuse "$from is no folder that nobody but its owner can open (mode 700)"
  for name in "${identity_files[@]}"; do
    file=$from/$name
    if [ -L "$file" ] || [ ! -f "$file" ] || [ "$(stat -c %s "$file")" -gt "$largest_file" ]; then
      refuse "$file is missing, too large, or no file"
    fi
    install -m 600 "$file" "$work/$name"
  done
}

# The files by their names, and the folder only if nothing else is in it: it may not be the one that was meant.
remove_folder() {
  [ -d "$from" ] || return 0
  rm -f "${identity_files[@]/#/$from/}"
  rmdir --ignore-fail-on-non-empty "$from"
}

# The run that installed this device gets in once more, for a day, and may ask how it is; nothing else.
place_confirm_key() {
  printf 'restrict,expiry-time="%s",command="/run/current-system/sw/bin/floppy confirm" %s\n' \
    "$(date --utc --date '+1 day' +%Y%m%d%H%MZ)" "$(value .confirmKey)" >"$work/confirm"
  place 644 "$work/confirm" /var/lib/floppy/authorized_keys.d/root
}
