import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { escapes, harmfulIn } from "../../support/hostile/words.ts";

const module = resolve(import.meta.dirname, "../../../src-main/adapters/last-words.ts");

it.each(["throw new Error(said)", "Promise.reject(new Error(said))", "throw said"])(
  "what nobody caught ends a process with words alone: %s",
  (failing) => {
    const said = JSON.stringify(`it broke ${escapes.join(" ")}`);
    const script = `import { sayLastWordsHarmlessly } from ${JSON.stringify(module)};
      sayLastWordsHarmlessly();
      const said = ${said};
      setImmediate(() => { ${failing}; });`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
      encoding: "utf8",
    });
    expect(status).toBe(1);
    expect(stderr).toContain("it broke");
    expect(harmfulIn(stderr)).toEqual([]);
  },
);
