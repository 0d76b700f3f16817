# shellcheck shell=bash
# shellcheck disable=SC2154 # $root is set by the program that reads this file

# place MODE FILE PATH: the file at that path of the system, whole or not at all, also when power goes.
place() {
  local folder name
  folder=$root$(dirname "$3")
  name=$(basename "$3")
  mkdir -p "$folder"
  # The dot keeps NetworkManager and avahi from reading a file that is not complete yet.
  install -m "$1" "$2" "$folder/.$name.new"
  sync "$folder/.$name.new"
  mv --no-target-directory "$folder/.$name.new" "$folder/$name"
  sync "$folder"
}
