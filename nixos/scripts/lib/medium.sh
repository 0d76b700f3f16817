# shellcheck shell=bash
# shellcheck disable=SC2154 # $medium and $work are set by the program that reads this file
# The FAT partition that carries the identity. It is read and written with mtools and never mounted: the
# kernel refuses to mount a partition of the stick while the live system runs from the stick as a whole.

export MTOOLS_SKIP_CHECK=1
largest_file=65536

# The partition with our label on the disk that this system runs from: a card in a reader may have one too.
# A live system that was copied to memory runs from no disk, so all of them are looked at.
find_medium() {
  local source partition
  local -a disk=()
  if [ -n "${FLOPPY_MEDIUM:-}" ]; then
    printf '%s\n' "$FLOPPY_MEDIUM"
    return
  fi
  source=$(findmnt --noheadings --nofsroot --output SOURCE "${FLOPPY_BOOT_MOUNT:-/}") || true
  source=$(readlink -f "$source") || true
  if [ -b "$source" ]; then
    disk=("$(lsblk --noheadings --list --inverse --paths --output PATH "$source" | tail -n 1)")
  fi
  # The labels are read from the partitions themselves: this early udev may not know them yet.
  for partition in $(lsblk --noheadings --list --paths --output PATH "${disk[@]}"); do
    if [ "$(blkid --probe --match-tag LABEL --output value "$partition")" = "${FLOPPY_LABEL:-FIRMWARE}" ]; then
      printf '%s\n' "$partition"
      return
    fi
  done
}

medium_has() { mdir -b -i "$medium" "::$1" >/dev/null 2>&1; }

# medium_read NAME FILE: no more than an identity can need, whatever lies there.
medium_read() {
  mcopy -n -i "$medium" "::$1" - 2>/dev/null | head -c $((largest_file + 1)) >"$2" || return 1
  [ "$(stat -c %s "$2")" -le "$largest_file" ]
}

medium_write() {
  mcopy -n -i "$medium" "$1" "::$2"
  sync "$medium"
}

# Overwrites the file where it lies, then deletes it: deleting alone would leave its bytes to be found.
medium_wipe() {
  local range first last
  read_geometry
  for range in $(mshowfat -i "$medium" "::$1" | grep -o '<[0-9-]*>' | tr -d '<>'); do
    first=${range%-*} last=${range#*-}
    dd if=/dev/zero of="$medium" conv=notrunc status=none bs="$cluster_bytes" count=$((last - first + 1)) \
      oflag=seek_bytes seek=$((data_start + (first - 2) * cluster_bytes))
  done
  sync "$medium"
  mdel -i "$medium" "::$1"
  sync "$medium"
}

# Where the clusters of the file system lie, from its boot sector; cluster 2 is the first.
read_geometry() {
  local -a byte
  read -r -d '' -a byte < <(od -An -v -tu1 -N40 "$medium") || true
  local sector_bytes=$((byte[11] + byte[12] * 256))
  local reserved=$((byte[14] + byte[15] * 256))
  local root_sectors=$(((byte[17] + byte[18] * 256) * 32 / sector_bytes))
  local table_sectors=$((byte[22] + byte[23] * 256))
  if [ "$table_sectors" -eq 0 ]; then # FAT32
    table_sectors=$((byte[36] + byte[37] * 256 + byte[38] * 65536 + byte[39] * 16777216))
  fi
  cluster_bytes=$((sector_bytes * byte[13]))
  data_start=$(((reserved + byte[16] * table_sectors + root_sectors) * sector_bytes))
}
