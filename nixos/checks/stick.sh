#!/usr/bin/env bash
# stick.sh ISO PARTITION STICK: the ISO with the partition behind it, as third entry of its MBR.
set -euo pipefail
iso=$1 partition=$2 stick=$3

sector=512 mebibyte=1048576
start=$((($(stat -c %s "$iso") + mebibyte - 1) / mebibyte * mebibyte))

# number N: as four bytes, the lowest first, for printf
number() { printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)); }

cp --no-preserve=mode "$iso" "$stick"
dd if="$partition" of="$stick" bs="$mebibyte" seek=$((start / mebibyte)) conv=notrunc status=none
entry="\\x00\\xfe\\xff\\xff\\x0c\\xfe\\xff\\xff$(number $((start / sector)))$(number $(($(stat -c %s "$partition") / sector)))"
printf '%b' "$entry" | dd of="$stick" bs=1 seek=$((446 + 2 * 16)) conv=notrunc status=none
