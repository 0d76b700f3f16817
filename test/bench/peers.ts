/** The same work done by others, each as a fresh process. */
import { join } from "node:path";
import { measure, type Run } from "./measured-process.ts";
import { type BenchDrive, run } from "./workshop.ts";

export function ddAndCmp(image: string, { path, runner }: BenchDrive): Promise<Run> {
  const script = `set -e
    bytes=$(stat --format=%s "$1")
    dd if="$1" of="$2" bs=1M oflag=direct conv=fsync status=none
    dd if="$2" bs=1M iflag=direct status=none | cmp --bytes="$bytes" "$1" -`;
  return measure([...runner, "sh", "-c", script, "sh", image, path]);
}

/** Unpacks with the usual tool, and reads back. */
export function unpackAndDd(
  unpack: string[],
  packed: string,
  { path, runner }: BenchDrive,
  mebibytes: number,
): Promise<Run> {
  const script = `set -e
    packed=$1 drive=$2 count=$3; shift 3
    "$@" "$packed" | dd of="$drive" bs=1M iflag=fullblock oflag=direct conv=fsync status=none
    dd if="$drive" bs=1M count="$count" iflag=direct status=none | cksum > /dev/null`;
  return measure([...runner, "sh", "-c", script, "sh", packed, path, String(mebibytes), ...unpack]);
}

/** It unpacks and writes, and reads nothing back. */
export function bmaptool(image: string, { path, runner }: BenchDrive): Promise<Run> {
  return measure([...runner, "bmaptool", "--quiet", "copy", "--nobmap", image, path]);
}

export function etcherSdk(
  mode: "plain" | "etcher",
  image: string,
  { path, runner }: BenchDrive,
  nodeOptions: string[] = [],
): Promise<Run> {
  const script = join(import.meta.dirname, "peers/etcher-sdk.mjs");
  const size = run("blockdev", "--getsize64", path);
  return measure([...runner, process.execPath, ...nodeOptions, script, mode, image, path, size]);
}
