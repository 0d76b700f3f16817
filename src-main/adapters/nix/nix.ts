import type { Preflight } from "#contract/images.ts";
import { assessPreflight, preflightWithoutNix } from "#core/images/build-preflight.ts";
import type { BuildRequest, Nix } from "#core/ports.ts";
import { buildImage } from "./build.ts";
import { readConfiguration } from "./configuration.ts";
import { storeFolder } from "./evaluate.ts";
import { readBuildMachine, readStore, readTarget, readTrust } from "./facts.ts";
import { defaultNixContext, type NixContext } from "./run-nix.ts";
import { needsTrust } from "./settings-options.ts";
import { nixVersion } from "./version.ts";

type Options = Partial<NixContext> & {
  /** Where the kernel lists the programs it runs through an emulator. */
  binfmtFolder?: string;
};

export function createNix({ binfmtFolder = "/proc/sys/fs/binfmt_misc", ...given }: Options = {}): Nix {
  const context = { ...defaultNixContext, ...given };

  async function preflight(request: BuildRequest, signal: AbortSignal): Promise<Preflight> {
    const version = await nixVersion(context);
    if (version === null) return preflightWithoutNix();
    const configuration = await readConfiguration(context, version, { signal });
    const store = await storeFolder(context, { signal });
    return assessPreflight({
      version,
      target: await readTarget(context, request, { signal }),
      machine: await readBuildMachine(configuration, request, binfmtFolder),
      store: await readStore(store),
      trust: needsTrust(request.settings) ? await readTrust(configuration, store) : null,
    });
  }

  return {
    version: () => nixVersion(context),
    preflight,
    build: (request, observe, signal) => buildImage(context, request, observe, signal),
  };
}
