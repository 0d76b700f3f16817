import { resolve } from "node:path";
import { cruise, format, type ICruiseResult, type IFlattenedRuleSet } from "dependency-cruiser";
import extractOptions from "dependency-cruiser/config-utl/extract-depcruise-options";

export const project = resolve(import.meta.dirname, "../../..");

/** What the lint sees in a tree, by its own configuration; other rules may be put in the place of its own. */
export async function look(
  folder: string,
  tops: string[],
  rules?: IFlattenedRuleSet,
): Promise<ICruiseResult> {
  const options = await extractOptions(resolve(project, ".dependency-cruiser.mjs"));
  const ruleSet = { ...options.ruleSet, ...rules };
  const { output } = await cruise(tops, { ...options, ruleSet, validate: true, baseDir: folder });
  if (typeof output === "string") throw new Error(output);
  return output;
}

const pictures = [
  { collapse: "^src-main/[^/]+", includeOnly: "^src-main/" },
  // The two that plug everything together know all rooms, and would hide them behind their arrows.
  {
    collapse: "^src-main/core/[^/]+",
    includeOnly: "^src-main/core/",
    exclude: "^src-main/core/(?:floppy|handlers)",
  },
];

/** The arrows come in the order in which a file system lists files. */
function sortArrows(picture: string): string {
  const [nodes = "", arrows = ""] = picture.trim().split(/(?<=\nend)\n(?!end)/);
  return `${nodes}\n${arrows.split("\n").toSorted().join("\n")}`;
}

/** The pictures in ARCHITECTURE.md, in their order there. */
export async function draw(seen: ICruiseResult): Promise<string[]> {
  const drawn = pictures.map((picture) => format(seen, { ...picture, outputType: "mermaid" }));
  return (await Promise.all(drawn)).map(({ output }) => sortArrows(String(output)));
}

const fences = /(?<=^```mermaid\n)[^`]*(?=\n```$)/gm;

export const picturesIn = (page: string): string[] => page.match(fences) ?? [];

export function hang(page: string, drawn: string[]): string {
  let next = 0;
  return page.replace(fences, (old) => drawn[next++] ?? old);
}
