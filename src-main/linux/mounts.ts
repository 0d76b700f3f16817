/** One line of mountinfo. */
export type MountLine = {
  number: string;
  target: string;
  filesystem: string;
  source: string;
  /** Options of the file system itself, such as an overlay's layers. */
  options: string;
};

/** The kernel writes blanks and backslashes in paths as octal escapes. */
function decodeOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** The lines of `/proc/PID/mountinfo`, in the order of mounting. */
export function parseMountinfo(content: string): MountLine[] {
  return content.split("\n").flatMap((line) => {
    const [before = "", after] = line.split(" - ", 2);
    if (after === undefined) return [];
    const [, , number = "", , target = ""] = before.split(" ");
    const [filesystem = "", source = "", options = ""] = after.split(" ");
    return [
      {
        number,
        target: decodeOctal(target),
        filesystem,
        source: decodeOctal(source),
        options: decodeOctal(options),
      },
    ];
  });
}

/** The paths in `/proc/swaps`: partitions and files. */
export function parseSwaps(content: string): string[] {
  return content
    .split("\n")
    .slice(1)
    .flatMap((line) => (line.startsWith("/") ? [decodeOctal(line.split(/\s/, 1)[0] ?? "")] : []));
}
