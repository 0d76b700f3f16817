/** Bytes of an image in MiB or GiB, as `1.9 GiB`. */
export function formatBytes(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2;
  if (mebibytes >= 1024) return `${(mebibytes / 1024).toFixed(2)} GiB`;
  return `${mebibytes.toFixed(mebibytes < 10 ? 1 : 0)} MiB`;
}

/** The size of a medium as it is printed on it, as `32 GB`. */
export function formatMediumSize(bytes: number): string {
  const gigabytes = bytes / 1e9;
  if (gigabytes >= 1000) return `${(gigabytes / 1000).toFixed(1)} TB`;
  return gigabytes >= 10 ? `${Math.round(gigabytes)} GB` : `${gigabytes.toFixed(1)} GB`;
}

/** A duration in seconds as `1 min 52 s`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}
