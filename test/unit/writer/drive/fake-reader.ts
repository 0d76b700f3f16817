/** A reader's slot: a file as the card in it, and the folder that sysfs would have for it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { guarded } from "../../../../src-main/writer/drive/guarded-handle.ts";
import { watchMedium } from "../../../../src-main/writer/drive/medium-watch.ts";

export const CARD_BYTES = 1024 ** 2;

type Options = {
  /** What the drive does with an act before the card is reached. */
  before?: () => void | Promise<void>;
  /** Whether the kernel could be made to ask the drive. */
  mayAsk?: boolean;
  diskSequence?: number | null;
};

export async function createReader({
  before = () => undefined,
  mayAsk = true,
  diskSequence = 7,
}: Options = {}) {
  const folder = mkdtempSync(join(tmpdir(), "reader-"));
  const card = join(folder, "card");
  writeFileSync(card, Buffer.alloc(CARD_BYTES));
  const tell = (attribute: "diskseq" | "size", value: number) =>
    writeFileSync(join(folder, attribute), `${value}\n`);
  tell("diskseq", 7);
  tell("size", CARD_BYTES / 512);
  const file = await open(card, "r+");
  const asked: string[] = [];
  /** What the kernel only finds out when it asks. */
  let unseen: (() => void) | null = null;
  const faulty = new Proxy(file, {
    get(target, name) {
      const own = Reflect.get(target, name);
      if (typeof own !== "function") return own;
      return async (...what: unknown[]) => {
        if (name === "read" || name === "write") await before();
        return own.apply(target, what);
      };
    },
  }) as FileHandle;
  const watch = watchMedium({ handle: file, folder, sizeBytes: CARD_BYTES, diskSequence }, async () => {
    asked.push("asked");
    unseen?.();
    return mayAsk;
  });
  return {
    watch,
    handle: guarded(faulty, watch),
    asked,
    content: () => readFileSync(card),
    /** Another card, which the kernel knows of already. */
    exchange: (sequence = 9) => tell("diskseq", sequence),
    exchangeUnseen() {
      unseen = () => tell("diskseq", 9);
    },
    takeOut() {
      tell("diskseq", 8);
      tell("size", 0);
    },
    resize: (bytes: number) => tell("size", bytes / 512),
    async clear() {
      watch.end();
      await file.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
