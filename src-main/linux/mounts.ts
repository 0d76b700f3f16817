/** One line of mountinfo. */
export type MountLine = {
  id: number;
  /** The mount that it lies in or on. */
  parent: number;
  number: string;
  /** The folder of the file system that is its root. */
  root: string;
  target: string;
  /** The target as the kernel knows it: one character a byte, for it need not be UTF-8. */
  targetBytes: string;
  filesystem: string;
  source: string;
  /** Options of the file system itself, such as an overlay's layers. */
  options: string;
};

/** The kernel writes blanks and backslashes in paths as octal escapes. */
function decodeOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function decodeText(field: string): string {
  return Buffer.from(decodeOctal(field), "latin1").toString();
}

/** The lines of `/proc/PID/mountinfo`, read as Latin-1, in the order of mounting. */
export function parseMountinfo(content: string): MountLine[] {
  return content.split("\n").flatMap((line) => {
    const [before = "", after] = line.split(" - ", 2);
    if (after === undefined) return [];
    const [id, parent, number = "", root = "", target = ""] = before.split(" ");
    const [filesystem = "", source = "", options = ""] = after.split(" ");
    return [
      {
        id: Number(id),
        parent: Number(parent),
        number,
        root,
        target: decodeText(target),
        targetBytes: decodeOctal(target),
        filesystem,
        source: decodeText(source),
        options: decodeText(options),
      },
    ];
  });
}

/** Whether two lines, maybe of two namespaces, show the same part of the same file system at the same place. */
export function showsSame(one: MountLine, other: MountLine): boolean {
  const compared = ["number", "root", "targetBytes", "filesystem"] as const;
  return compared.every((field) => one[field] === other[field]);
}

/** The paths in `/proc/swaps`, read as Latin-1: partitions and files. */
export function parseSwaps(content: string): string[] {
  return content
    .split("\n")
    .slice(1)
    .flatMap((line) => (line.startsWith("/") ? [decodeText(line.split(/\s/, 1)[0] ?? "")] : []));
}
