import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";

/** The system's own xz, and how it is asked to unpack. */
export type SystemXz = {
  program: string;
  env: NodeJS.ProcessEnv;
  options: string[];
  /** Of the program and of its library, as it writes them: 50040010 is 5.4.1. */
  version: string;
  /** Whether it unpacks the blocks of a file side by side. */
  sharesBlocks: boolean;
};

/** 5.4.0, as `xz --robot --version` writes it. */
const FIRST_TO_SHARE = 50_040_000;
/** What blocks under way may take: two of the usual 24 MiB. Of larger ones there are fewer, down to one. */
const BLOCKS_MEMORY = "72MiB";
/** What one block may take, by whatever decoder: a dictionary of 128 MiB and what goes with it. */
export const XZ_MEMORY_BYTES = 144 * 1024 ** 2;

/** Null where there is none. */
export async function findXz(program = "xz", PATH = process.env.PATH): Promise<SystemXz | null> {
  const env = { ...process.env, PATH, LC_ALL: "C", XZ_DEFAULTS: "", XZ_OPT: "" };
  const asked = promisify(execFile)(program, ["--robot", "--version"], { env });
  const told = await asked.catch(() => null);
  if (told === null) return null;
  const [, version = "0"] = /^XZ_VERSION=(\d+)$/m.exec(told.stdout) ?? [];
  const [, library = version] = /^LIBLZMA_VERSION=(\d+)$/m.exec(told.stdout) ?? [];
  const sharesBlocks = Number(version) >= FIRST_TO_SHARE;
  const side = sharesBlocks
    ? [`--threads=${availableParallelism()}`, `--memlimit-mt-decompress=${BLOCKS_MEMORY}`]
    : ["--threads=1"];
  const options = ["--decompress", "--stdout", `--memlimit-decompress=${XZ_MEMORY_BYTES}`, ...side];
  return { program, env, options, version: `${version}/${library}`, sharesBlocks };
}
