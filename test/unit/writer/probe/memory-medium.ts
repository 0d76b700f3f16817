import type { Medium } from "../../../../src-main/writer/probe/medium.ts";

/**
 * A drive in memory that holds `content` and says that it is `sizeBytes` large; beyond its end it begins anew. Each
 * act on it is a step that is told first, and that `step` may refuse.
 */
export function memoryMedium(content: Buffer, sizeBytes = content.length, step = () => {}): Medium {
  return {
    path: "/dev/sdz",
    sizeBytes,
    alignment: 512,
    buffer: (bytes) => Buffer.alloc(bytes),
    async read(into, position) {
      step();
      content.copy(into, 0, position % content.length, (position % content.length) + into.length);
    },
    async write(from, position) {
      step();
      from.copy(content, position % content.length);
    },
    async sync() {
      step();
    },
  };
}
