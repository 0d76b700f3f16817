import { execa } from "execa";
import { cancelled } from "#contract/errors.ts";

type Program = { file: string; args: string[]; env?: NodeJS.ProcessEnv };

/** What a program writes, as it comes; ends it on abort, and throws what `failed` makes of its last words. */
export async function* outputOf(
  { file, args, env }: Program,
  signal: AbortSignal,
  failed: (stderr: string) => Error,
): AsyncIterable<Buffer> {
  if (signal.aborted) throw cancelled("Copying");
  const child = execa(file, args, {
    ...(env && { env, extendEnv: false }),
    cancelSignal: signal,
    reject: false,
    stdin: "ignore",
    encoding: "buffer",
    buffer: { stdout: false },
  });
  for await (const chunk of child.iterable({ from: "stdout", binary: true })) yield Buffer.from(chunk);
  const result = await child;
  if (signal.aborted) throw cancelled("Copying");
  if (result.failed) throw failed(Buffer.from(result.stderr ?? []).toString());
}
