# shellcheck shell=bash
# shellcheck disable=SC2154 # $root is set by the program that reads this file

# status_of: the checks on stdin as the status of this device.
status_of() {
  local device=$root/etc/floppy/device.json
  [ -e "$device" ] || device=/dev/null
  jq --slurp --from-file "$here/lib/status.jq" \
    --slurpfile device "$device" \
    --arg host "${FLOPPY_HOST:-}" --arg role "${FLOPPY_ROLE:-}" \
    --arg hostname "$(uname -n)" \
    --arg hostKey "$(cat "$root/etc/ssh/ssh_host_ed25519_key.pub" 2>/dev/null || true)" \
    --arg at "$(date --utc +%Y-%m-%dT%H:%M:%SZ)"
}

# report FILE: tells the fleet API, where there is one. The token goes over stdin: arguments are everybody's to read.
report() {
  local url=${FLOPPY_FLEET_URL:-} token_file=${FLOPPY_FLEET_TOKEN_FILE:-/var/lib/floppy/fleet-token}
  [ -n "$url" ] || return 0
  [ "$(jq .serial "$1")" != null ] || refuse "this device has no identity yet, so there is nobody to report"
  local token
  token=$(cat "$token_file") || refuse "there is no token for the fleet at $token_file"
  [[ $token =~ ^[A-Za-z0-9._~+/=-]+$ ]] || refuse "what is in $token_file is no token"
  printf 'header = "Authorization: Bearer %s"\n' "$token" |
    curl --config - --silent --show-error --fail --max-time 30 --retry 3 \
      --header "Content-Type: application/json" --data-binary "@$1" "${url%/}/v1/reports" ||
    refuse "the fleet at $url did not take the report"
}
