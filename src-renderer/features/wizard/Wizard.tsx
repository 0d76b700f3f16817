import { useStores, useWizard } from "../../stores/use-stores.ts";
import type { Notice as WizardNotice } from "../../stores/wizard-store.ts";
import { Button } from "../../ui/Button.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { ConfirmBatchStep } from "../batch/ConfirmBatchStep.tsx";
import { DrivesStep } from "../batch/DrivesStep.tsx";
import { ConfirmStep } from "./ConfirmStep.tsx";
import { DeviceStep } from "./DeviceStep.tsx";
import { DriveStep } from "./DriveStep.tsx";
import { ImageStep } from "./ImageStep.tsx";
import { RoleStep } from "./RoleStep.tsx";
import styles from "./wizard.module.css";

export function Wizard() {
  const draft = useWizard((view) => view.draft);
  const notice = useWizard((view) => view.notice);
  return (
    <div className={styles.wizard}>
      {notice && <WizardNoticeBar notice={notice} />}
      <div className={styles.step}>
        {draft.step === "device" && <DeviceStep draft={draft} />}
        {draft.step === "role" && <RoleStep draft={draft} />}
        {draft.step === "image" && <ImageStep draft={draft} />}
        {draft.step === "drive" && <DriveStep draft={draft} />}
        {draft.step === "confirm" && <ConfirmStep draft={draft} />}
        {draft.step === "drives" && <DrivesStep draft={draft} />}
        {draft.step === "confirmBatch" && <ConfirmBatchStep draft={draft} />}
      </div>
    </div>
  );
}

function WizardNoticeBar({ notice }: { notice: WizardNotice }) {
  const { wizard, navigation } = useStores();
  const dismiss = (
    <Button look="quiet" onClick={wizard.dismissNotice}>
      Dismiss
    </Button>
  );
  if (notice.kind === "driveLost") {
    return (
      <div className={styles.notice}>
        <Notice tone="look" title={`${notice.name} was unplugged.`} actions={dismiss}>
          <p>Nothing was written. Choose a drive again.</p>
        </Notice>
      </div>
    );
  }
  if (notice.kind === "underWay") {
    const { run } = notice;
    const show = () => {
      wizard.dismissNotice();
      navigation.go({ place: "run", runId: run.id });
    };
    return (
      <div className={styles.notice}>
        <Notice
          tone="running"
          title={`${run.serial} is being provisioned right now.`}
          actions={
            <>
              {dismiss}
              <Button look="quiet" onClick={show}>
                Show that run
              </Button>
            </>
          }
        >
          <p>That run goes on untouched. Wait for it, cancel it, or take another device.</p>
        </Notice>
      </div>
    );
  }
  return (
    <div className={styles.notice}>
      <Notice
        tone="look"
        title={`Scanned ${notice.text}.`}
        actions={
          <>
            {dismiss}
            <Button look="quiet" onClick={() => void wizard.switchTo(notice.text)}>
              Switch to it
            </Button>
          </>
        }
      >
        <p>You are in the middle of another device. Nothing was changed.</p>
      </Notice>
    </div>
  );
}
