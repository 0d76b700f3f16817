/** How an image to practise with is told from one that a device starts from: by its first bytes, whatever its name. */
const OFFSET = 4;
const MARK = "Floppy practice image: no device starts from it.";

/** “Try the next disk”, and where a firmware has none, stop: a machine that is given this medium does nothing with it. */
const bootCode = Buffer.from([0xcd, 0x18, 0xeb, 0xfe]);

/** Marks an image's first sector, which has a partition table and no boot code. */
export function markPractice(sector: Buffer): void {
  bootCode.copy(sector);
  sector.write(MARK, OFFSET, "latin1");
}

export function isMarkedPractice(head: Buffer): boolean {
  return head.toString("latin1", OFFSET, OFFSET + MARK.length) === MARK;
}
