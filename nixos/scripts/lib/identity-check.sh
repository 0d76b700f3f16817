# shellcheck shell=bash
# shellcheck disable=SC2154 # $here and $work are set by the program that reads this file
# Whether the files of an identity are one: what is not taken as a whole is refused before anything is touched.

# Leaves in identity.json what is taken of it; what is not is told.
check_identity() {
  local refused left
  jq --slurp --from-file "$here/lib/identity-check.jq" --slurpfile rules "$here/lib/identity-rules.json" \
    --arg host "${FLOPPY_HOST:-}" --arg role "${FLOPPY_ROLE:-}" --arg prefix "${FLOPPY_PREFIX:-}" \
    "$work/identity.json" >"$work/checked" 2>"$work/error" ||
    refuse "identity.json is not JSON: $(head -n 1 "$work/error")"
  refused=$(jq --raw-output .refused "$work/checked")
  [ -z "$refused" ] || refuse "identity.json: $refused"
  while IFS= read -r left; do say "left out of identity.json: $left"; done \
    < <(jq --raw-output '.leftOut[]' "$work/checked")
  jq .identity "$work/checked" >"$work/identity.json"
}

check_host_key() {
  ssh-keygen -y -P "" -f "$work/ssh_host_ed25519_key" >"$work/public" 2>"$work/error" ||
    refuse "the host key is not usable: $(head -n 1 "$work/error")"
  local own brought
  own=$(cut -d " " -f 1,2 "$work/public")
  brought=$(head -n 1 "$work/ssh_host_ed25519_key.pub" | cut -d " " -f 1,2)
  [ "$own" = "$brought" ] || refuse "the two halves of the host key do not belong together"
  [ "${own%% *}" = ssh-ed25519 ] || refuse "the host key is a ${own%% *} key, not ssh-ed25519"
}
