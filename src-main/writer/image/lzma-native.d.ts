declare module "lzma-native" {
  import type { Duplex } from "node:stream";

  const lzma: {
    /** Decodes .xz; `memlimit` and `bufsize` in bytes. */
    createDecompressor(options?: { memlimit?: number; bufsize?: number }): Duplex & {
      /** How many bytes it has unpacked. */
      totalOut(): number;
    };
  };
  export default lzma;
}
