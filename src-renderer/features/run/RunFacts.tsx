import { carriesIdentity } from "#contract/identity.ts";
import { mediumIsDone, type Run } from "#contract/runs.ts";
import type { Installation } from "#contract/targets.ts";
import { useApp } from "../../stores/use-stores.ts";
import { cut, formatBytes, formatClock, formatMedium, plural, shortHash } from "../../ui/format.ts";
import { type Fact, Facts, Lines } from "../../ui/Panel.tsx";
import { capital, driveWords, imageWords } from "../words.ts";

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

/** What was found out about the machine, and what it becomes. */
function TargetFacts({ run, installation }: { run: Run; installation: Installation }) {
  const { address, facts, plan, system } = installation;
  const found: Fact[] = [];
  if (facts) found.push({ name: "Machine", value: cut(facts.product ?? "unknown", 60) });
  if (address) found.push({ name: "Address", value: <code>{cut(address.host, 60)}</code> });
  if (plan) {
    const { name, identity } = plan.disk;
    const detail = [cut(identity.path, 40), cut(identity.serial ?? "", 60)].filter(Boolean).join("\n");
    found.push({ name: "Disk", value: `${cut(name, 60)}, ${formatMedium(identity.sizeBytes)}`, detail });
    found.push({ name: "Built", value: plan.buildPlace === "here" ? "here, then pushed" : "on the machine" });
  }
  if (system) {
    const [hash = "", ...name] = system.storePath.replace("/nix/store/", "").split("-");
    found.push({ name: "System", value: <code>{shortHash(hash)}</code>, detail: cut(name.join("-"), 80) });
  }
  const drive = { name: capital(run.medium), value: driveWords(run.drive) };
  return (
    <Facts
      facts={[
        { name: "Becomes", value: run.target },
        ...found,
        drive,
        { name: "Started", value: formatClock(run.startedAt) },
      ]}
    />
  );
}

/** About the medium while that is made, then about the machine. */
export function RunFacts({ run }: { run: Run }) {
  if (run.kind === "install" && mediumIsDone(run))
    return <TargetFacts run={run} installation={run.installation} />;
  return <MediumFacts run={run} />;
}

function MediumFacts({ run }: { run: Run }) {
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
