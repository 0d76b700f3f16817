#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
# What a technician needs to know of a machine that runs from the stick: whose it is, where it is reached, and
# the fingerprint to compare. All of it once more as a QR code beside it.
#
#   floppy screen            print it
#   floppy screen --follow   keep the screen up to date
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

root=${FLOPPY_ROOT:-}
text_columns=42

# shellcheck source=lib/log.sh
. "$here/lib/log.sh"

identity() { jq --raw-output "$1" "$root/etc/floppy/device.json" 2>/dev/null || true; }

addresses() {
  ip -json address show up scope global 2>/dev/null |
    jq --raw-output '[.[] | select(.ifname != "lo") | .addr_info[]? | select(.scope == "global" and (.temporary | not))]
      | sort_by(.family)[] | .local' || true
}

fingerprint() {
  ssh-keygen -l -f "$root/etc/ssh/ssh_host_ed25519_key.pub" 2>/dev/null | cut -d " " -f 2 || true
}

text() {
  printf '\n  %s\n' "${serial:-This stick has no identity.}"
  if [ -n "$serial" ]; then printf '  %s.local\n' "$hostname"; else printf '  Write it with Floppy.\n'; fi
  printf '\n  Address\n'
  if [ -n "$found" ]; then head -n 4 <<<"$found" | sed 's/^/    /'; else printf '    None yet. Plug in a network cable.\n'; fi
  printf '\n  Host key, ssh-ed25519\n'
  printf '    %s\n' "${key:0:25}" "${key:25}"
}

# A link that a telephone can read and Floppy can compare.
link() {
  local host
  host=$(head -n 1 <<<"$found")
  [[ $host != *:* ]] || host="[$host]"
  printf 'ssh://root@%s?serial=%s&fingerprint=%s' "$host" "$serial" "$key"
}

render() {
  local serial hostname found key
  serial=$(identity .serial)
  hostname=$(identity .hostname)
  found=$(addresses)
  key=$(fingerprint)
  if [ -z "$found" ] || [ -z "$key" ] || [ "$columns" -lt $((text_columns + 45)) ]; then
    text
    return
  fi
  local code
  code=$(link | qrencode --type ANSIUTF8 --level L --margin 1 --output -)
  # Beside each other: one below the other they are higher than a laptop's screen.
  paste -d "" <(text | pad "$(wc -l <<<"$code")") - <<<"$code"
}

# pad ROWS: every line as wide as the column, and as many lines as the code beside it has.
pad() {
  local line rows=0
  while IFS= read -r line; do
    printf '%-*s\n' "$text_columns" "$line"
    rows=$((rows + 1))
  done
  for (( ; rows < $1; rows++)); do printf '%-*s\n' "$text_columns" ""; done
}

screen_columns() {
  local size
  size=$(stty size 2>/dev/null) || size="0 ${COLUMNS:-80}"
  printf '%s' "${size#* }"
}

# Draws only when there is something new to see.
follow() {
  local shown="" now
  while true; do
    columns=$(screen_columns)
    now=$(render)
    if [ "$now" != "$shown" ]; then
      printf '\033[2J\033[H%s\n' "$now"
      shown=$now
    fi
    sleep 2
  done
}

case "$*" in
  screen)
    columns=$(screen_columns)
    render
    ;;
  "screen --follow") follow ;;
  *)
    sed -n '3,7s/^# \{0,1\}//p' "$0" >&2
    exit 64
    ;;
esac
