/** A program: watches for targets as Floppy does, and prints each change as a JSON line with its memory. */
import { createDiscovery } from "#adapters/discovery/discovery.ts";

createDiscovery().watch((found) =>
  console.log(
    JSON.stringify({
      found,
      bytes: process.memoryUsage().rss,
      largest: process.resourceUsage().maxRSS * 1024,
    }),
  ),
);
// The watch alone keeps no process alive.
setInterval(() => undefined, 1000);
console.log(JSON.stringify({ found: [], bytes: process.memoryUsage().rss }));
