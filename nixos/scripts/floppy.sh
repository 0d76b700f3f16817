#!/usr/bin/env bash
# floppy COMMAND: what a device can tell about itself. verify, status, screen, identity, confirm.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

case "${1:-}" in
  verify | status) exec bash "$here/verify.sh" "$@" ;;
  confirm) exec bash "$here/confirm.sh" "$@" ;;
  screen) exec bash "$here/screen.sh" "$@" ;;
  identity) exec bash "$here/identity.sh" "${@:2}" ;;
  *)
    printf 'Commands: floppy verify, floppy status, floppy screen, floppy identity, floppy confirm\n' >&2
    exit 64
    ;;
esac
