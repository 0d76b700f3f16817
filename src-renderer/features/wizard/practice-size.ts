const SMALLEST = 8e9;
const LARGEST = 64e9;

/** Of the practice image most of it stays free, as on a real card; and few disks are too full for it. */
export const SMALL_PRACTICE_DRIVE = 1.024e9;

/** Bytes of a practice drive: 8 GB, doubled until the image fits. The file is sparse, so size costs nothing. */
export function practiceSize(imageBytes: number | null): number {
  let size = SMALLEST;
  while (imageBytes !== null && size < imageBytes && size < LARGEST) size *= 2;
  return size;
}
