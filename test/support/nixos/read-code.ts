import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";

/** Upper and lower half of a character cell, lit or not. */
const cells: Record<string, [upper: number, lower: number]> = {
  "█": [1, 1],
  "▀": [1, 0],
  "▄": [0, 1],
  " ": [0, 0],
};
const dot = 4;

/** Reads the QR code right of column `left` of a dark terminal, as a telephone would that looks at it. */
export async function readCode(screen: string, left: number, folder: string): Promise<string> {
  const lines = stripVTControlCharacters(screen).split("\n");
  const code = lines.map((line) => [...line].slice(left)).filter((line) => line.length > 0);
  const rows = code.flatMap((line) => {
    const found = line.map((character) => cells[character] ?? [0, 0]);
    return [found.map(([upper]) => upper), found.map(([, lower]) => lower)];
  });
  const width = (rows[0]?.length ?? 0) * dot;
  const pixels = rows.flatMap((row) =>
    // In the picture's format 1 is ink, on the screen it is light.
    Array(dot).fill(row.flatMap((lit) => Array(dot).fill(lit ? 0 : 1)).join(" ")),
  );
  const picture = join(folder, "screen.pbm");
  await writeFile(picture, `P1\n${width} ${pixels.length}\n${pixels.join("\n")}\n`);
  const { stdout } = await execa("zbarimg", ["--quiet", "--raw", picture]);
  return stdout;
}
