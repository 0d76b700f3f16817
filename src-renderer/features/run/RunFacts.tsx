import { carriesIdentity } from "#contract/identity.ts";
import type { Run } from "#contract/runs.ts";
import { useApp } from "../../stores/use-stores.ts";
import { formatBytes, formatClock, formatMedium, plural, shortHash } from "../../ui/format.ts";
import { type Fact, Facts, Lines } from "../../ui/Panel.tsx";
import { capital, imageWords } from "../words.ts";

function imageFacts(run: Run): Fact[] {
  const { image } = run;
  const name = imageWords(run.imageChoice, run.target);
  if (!image) return [{ name: "Image", value: name, detail: "not read yet" }];
  const facts: Fact[] = [
    { name: "Image", value: name, detail: `${shortHash(image.sha256)}\n${formatBytes(image.sizeBytes)}` },
  ];
  if (image.provenance.source === "nix") {
    const { flake, revision } = image.provenance;
    facts.push({
      name: "Flake",
      value: <code>{revision ? revision.slice(0, 7) : "uncommitted"}</code>,
      detail: flake,
    });
  }
  return facts;
}

/** What was found out about the machine, once there is one. */
function targetFacts({ installation }: Run): Fact[] {
  if (!installation) return [];
  const { address, facts, plan, system } = installation;
  const found: Fact[] = [];
  if (facts) found.push({ name: "Machine", value: facts.product ?? "unknown", detail: address?.host ?? "" });
  if (plan) {
    const { name, identity } = plan.disk;
    const detail = [identity.path, identity.serial].filter(Boolean).join("\n");
    found.push({ name: "Disk", value: `${name}, ${formatMedium(identity.sizeBytes)}`, detail });
  }
  if (system) {
    const [hash = "", ...name] = system.storePath.replace("/nix/store/", "").split("-");
    found.push({ name: "System", value: <code>{shortHash(hash)}</code>, detail: name.join("-") });
  }
  return found;
}

export function RunFacts({ run }: { run: Run }) {
  const wifi = useApp((app) => app.settings.wifi);
  const keys = useApp((app) => app.settings.authorizedKeys.length);
  const { identity, name, port } = run.drive;
  const takesIdentity = run.medium === "stick" || carriesIdentity(run.medium, run.image);
  const given = ["host key", run.medium === "stick" ? "this run’s key" : plural(keys, "SSH key")];
  if (wifi) given.push(`Wi-Fi “${wifi.ssid}”`);
  const where = [identity.path, identity.serial, port && `port ${port}`].filter(Boolean).join("\n");
  return (
    <Facts
      facts={[
        ...targetFacts(run),
        { name: capital(run.medium), value: name, detail: where },
        { name: "Size", value: formatMedium(identity.sizeBytes) },
        ...imageFacts(run),
        {
          name: "Identity",
          value: takesIdentity ? <Lines of={given} /> : "none on this medium",
        },
        { name: "Started", value: formatClock(run.startedAt) },
      ]}
    />
  );
}
