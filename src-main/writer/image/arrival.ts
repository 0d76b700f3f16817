/** How much is there of a file that is still being downloaded, as it is told from outside. */
export class Arrival {
  #bytes = 0;
  #grown = Promise.withResolvers<void>();
  readonly #whole = Promise.withResolvers<void>();

  /** May be fewer than before: a download that went wrong begins anew. */
  grow(bytes: number): void {
    this.#bytes = bytes;
    this.#grown.resolve();
    this.#grown = Promise.withResolvers();
  }

  complete(): void {
    this.grow(Number.POSITIVE_INFINITY);
    this.#whole.resolve();
  }

  /** Resolves when the file can be read up to there. */
  async reaches(bytes: number): Promise<void> {
    while (this.#bytes < bytes) await this.#grown.promise;
  }

  /** Resolves when all of it is there, and its hash was found right. */
  get whole(): Promise<void> {
    return this.#whole.promise;
  }
}
