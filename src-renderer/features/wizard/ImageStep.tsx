import { imageName } from "#contract/images.ts";
import type { DraftAt } from "../../stores/draft.ts";
import { type ImageSource, manifestImageOf } from "../../stores/image-store.ts";
import { useApp, useImage, useStores } from "../../stores/use-stores.ts";
import { Button, Key } from "../../ui/Button.tsx";
import { Segments } from "../../ui/Field.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { mediumOf } from "../shell/rail-steps.ts";
import { BuildPanel } from "./BuildPanel.tsx";
import { DownloadPanel } from "./DownloadPanel.tsx";
import { FilePanel } from "./FilePanel.tsx";
import { PracticePanel } from "./PracticePanel.tsx";
import { StepForm } from "./StepForm.tsx";

/** What is likely meant: a machine without nix builds nothing, and one without a manifest is there to be tried. */
function useSource(): ImageSource {
  const chosen = useImage((view) => view.source);
  const likely = useApp(({ machine, settings }) => {
    if (machine.nix.state === "present") return "build";
    return settings.manifest === null ? "practice" : "download";
  });
  return chosen ?? likely;
}

/** What the manifest calls the image for the target. */
function useImageName(host: string, target: string): string {
  return useApp((app) => {
    const found = app.catalog.hosts.find(({ name }) => name === host);
    return found ? imageName(found, target) : target;
  });
}

export function ImageStep({ draft }: { draft: DraftAt<"image"> }) {
  const { wizard, image } = useStores();
  const source = useSource();
  const preflight = useImage((view) => view.preflight);
  const inspection = useImage((view) => view.inspection);
  const practice = useImage((view) => view.practice);
  const target = `${draft.device.host}-${draft.role}`;
  const mayBuild = preflight.state === "ready" && preflight.value.ready;
  const medium = useApp((app) => mediumOf(app.catalog, draft.device.host));
  const mayWrite = inspection.state === "ready" && (medium === "stick" || inspection.value.firmware !== null);
  const name = useImageName(draft.device.host, target);
  const listed = useImage(({ manifest }) =>
    manifest.state === "ready" ? manifestImageOf(manifest.value, name) : null,
  );
  const isMade = practice.state === "ready";
  const mayUse = { build: mayBuild, download: listed !== null, file: mayWrite, practice: isMade }[source];
  const act = {
    build: `Use ${target}`,
    download: `Use ${name}`,
    file: "Use this file",
    practice: "Use the practice image",
  }[source];

  function go() {
    if (source === "build" && mayBuild) wizard.chooseBuild();
    if (source === "download" && listed) wizard.chooseDownload(listed);
    if (source === "file" && mayWrite) wizard.chooseFile(inspection.value);
    if (source === "practice" && isMade) wizard.choosePractice(practice.value);
  }

  return (
    <StepForm onMainAct={go} onBack={wizard.back}>
      <Screen
        title="Which image?"
        lead={`${target} is built from the flake when the run begins; or write an image that was built elsewhere, or one to practise with.`}
        left={<Button onClick={wizard.back}>Back</Button>}
        hint={
          mayUse && (
            <>
              <Key>Enter</Key> continues
            </>
          )
        }
        right={
          <Button type="submit" look="main" disabled={!mayUse}>
            {act}
          </Button>
        }
      >
        <Segments
          label="Where the image comes from"
          name="source"
          autoFocus
          chosen={source}
          onChoose={image.choose}
          options={[
            { value: "build", label: "Build from the flake" },
            { value: "download", label: "Download" },
            { value: "file", label: "Local file" },
            { value: "practice", label: "Practice" },
          ]}
        />
        {source === "build" && <BuildPanel host={draft.device.host} role={draft.role} />}
        {source === "download" && <DownloadPanel name={name} />}
        {source === "file" && <FilePanel medium={medium} />}
        {source === "practice" && <PracticePanel medium={medium} />}
      </Screen>
    </StepForm>
  );
}
