# shellcheck shell=bash
# shellcheck disable=SC2154 # $root and $installed are set by the program that reads this file
# The system that the identity is for: the one that runs, or one that was just installed below $root. That one
# is asked and not the installer, which has other users.

login_user() {
  if [ -n "$installed" ]; then installed_file user; else printf '%s\n' "${FLOPPY_USER:-root}"; fi
}

system_path() {
  if [ -n "$installed" ]; then
    installed_path /nix/var/nix/profiles/system
  else
    readlink "$root/run/current-system"
  fi
}

check_installed() {
  local target wanted
  target=$(installed_file target) || refuse "no system of Floppy is installed at $root"
  wanted=$(value '"\(.host)-\(.role)"')
  [ "$target" = "$wanted" ] || refuse "identity.json: it is for $wanted, $target is installed at $root"
}

# A file below /etc/floppy of the installed system.
installed_file() {
  local etc
  etc=$(installed_path "$(system_path)/etc")
  cat "$root$(installed_path "$etc/floppy/$1")" 2>/dev/null
}

# Where a link ends, as the installed system sees it: its links are absolute and begin at $root.
installed_path() {
  local path=$1 next
  while next=$(readlink "$root$path"); do
    case $next in
      /*) path=$next ;;
      *) path=$(dirname "$path")/$next ;;
    esac
  done
  printf '%s\n' "$path"
}

# Whoever lost its connection may still be at work here.
one_at_a_time() {
  exec 9>"${FLOPPY_WORK:-/run}/floppy-identity.lock"
  flock 9
}
