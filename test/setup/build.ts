import { buildIfStale } from "../support/built.ts";

/** Before tests that start built programs: none is to run what was built of older sources. */
export default function build(): void {
  buildIfStale();
}
