import { z } from "zod";
import { type NixContext, type NixOptions, runNixOrThrow } from "./run-nix.ts";
import { isAtLeast } from "./version.ts";

const configuration = z.object({
  system: z.object({ value: z.string() }),
  "extra-platforms": z.object({ value: z.array(z.string()) }),
  builders: z.object({ value: z.string() }),
  "trusted-users": z.object({ value: z.array(z.string()) }),
  substituters: z.object({ value: z.array(z.string()) }),
});

export type NixConfiguration = {
  system: string;
  extraPlatforms: string[];
  builders: string;
  trustedUsers: string[];
  substituters: string[];
};

/** Nix's settings, as its configuration files and the environment make them. */
export async function readConfiguration(
  context: NixContext,
  version: string,
  options: NixOptions,
): Promise<NixConfiguration> {
  const command = isAtLeast(version, 2, 20) ? ["config", "show"] : ["show-config"];
  const aim = { flake: "", attribute: "" };
  const json = await runNixOrThrow(context, [...command, "--json"], aim, options);
  const found = configuration.parse(JSON.parse(json));
  return {
    system: found.system.value,
    extraPlatforms: found["extra-platforms"].value,
    builders: found.builders.value,
    trustedUsers: found["trusted-users"].value,
    substituters: found.substituters.value,
  };
}
