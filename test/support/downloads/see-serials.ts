/** Sees the serials of a key one after the other, and says each that is kept. */
import { createSeenSerials } from "../../../src-main/adapters/downloads/seen-serials.ts";

const [folder = "", key = "", first = "1", step = "1"] = process.argv.slice(2);
const seen = createSeenSerials(folder);
for (let serial = Number(first); ; serial += Number(step)) {
  await seen.see(key, serial);
  console.log(serial);
}
