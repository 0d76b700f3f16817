import type { Preflight } from "#contract/images.ts";
import {
  assessPreflight,
  type Fetching,
  preflightWithoutNix,
  type TargetFound,
} from "#core/images/build-preflight.ts";
import type { BuildRequest, Nix } from "#core/ports/images.ts";
import { buildImage } from "./build.ts";
import { type NixConfiguration, readConfiguration } from "./configuration.ts";
import { storeFolder } from "./evaluate.ts";
import { readBuildMachine, readStore, readTarget, readTrust } from "./facts.ts";
import { readFetching } from "./fetching.ts";
import { defaultNixContext, type NixContext } from "./run-nix.ts";
import { needsTrust } from "./settings-options.ts";
import { nixVersion } from "./version.ts";

type Options = Partial<NixContext> & {
  /** Where the kernel lists the programs it runs through an emulator. */
  binfmtFolder?: string;
  /** How long a preflight waits for what does not answer. */
  answerSeconds?: number;
};

const ANSWER_SECONDS = 8;

export function createNix({
  binfmtFolder = "/proc/sys/fs/binfmt_misc",
  answerSeconds = ANSWER_SECONDS,
  ...given
}: Options = {}): Nix {
  const context = { ...defaultNixContext, ...given };

  async function fetchingOf(
    target: TargetFound,
    request: BuildRequest,
    configuration: NixConfiguration,
    signal: AbortSignal,
  ): Promise<Fetching | null> {
    if (target.state !== "found" || target.built) return null;
    return readFetching(context, request, configuration, target.derivation, answerSeconds, { signal });
  }

  async function preflight(request: BuildRequest, signal: AbortSignal): Promise<Preflight> {
    const version = await nixVersion(context);
    if (version === null) return preflightWithoutNix();
    const configuration = await readConfiguration(context, version, { signal });
    const store = await storeFolder(context, { signal });
    const target = await readTarget(context, request, answerSeconds, { signal });
    return assessPreflight({
      version,
      target,
      fetching: await fetchingOf(target, request, configuration, signal),
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
