import type { DraftAt } from "../../stores/draft.ts";
import { useApp, useImage, useStores } from "../../stores/use-stores.ts";
import { Button, Key } from "../../ui/Button.tsx";
import { Segments } from "../../ui/Field.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { mediumOf } from "../shell/rail-steps.ts";
import { BuildPanel } from "./BuildPanel.tsx";
import { FilePanel } from "./FilePanel.tsx";
import { StepForm } from "./StepForm.tsx";

export function ImageStep({ draft }: { draft: DraftAt<"image"> }) {
  const { wizard, image } = useStores();
  const source = useImage((view) => view.source);
  const preflight = useImage((view) => view.preflight);
  const inspection = useImage((view) => view.inspection);
  const target = `${draft.device.host}-${draft.role}`;
  const mayBuild = preflight.state === "ready" && preflight.value.ready;
  const medium = useApp((app) => mediumOf(app.catalog, draft.device.host));
  const mayWrite = inspection.state === "ready" && (medium === "stick" || inspection.value.firmware !== null);
  const mayUse = source === "build" ? mayBuild : mayWrite;

  function go() {
    if (source === "build" && mayBuild) wizard.chooseBuild();
    if (source === "file" && mayWrite) wizard.chooseFile(inspection.value);
  }

  return (
    <StepForm onMainAct={go} onBack={wizard.back}>
      <Screen
        title="Which image?"
        lead={`${target} is built from the flake when the run begins; or write an image file that is already here.`}
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
            {source === "build" ? `Use ${target}` : "Use this file"}
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
            { value: "file", label: "Local file" },
          ]}
        />
        {source === "build" ? (
          <BuildPanel host={draft.device.host} role={draft.role} />
        ) : (
          <FilePanel medium={medium} />
        )}
      </Screen>
    </StepForm>
  );
}
