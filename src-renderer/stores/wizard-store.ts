import { createStore } from "zustand/vanilla";
import type { Bridge } from "#contract/api.ts";
import type { Host } from "#contract/catalog.ts";
import { runOfDevice } from "#contract/claims.ts";
import type { Identified } from "#contract/devices.ts";
import { type ErrorData, toErrorData } from "#contract/errors.ts";
import type { Inspection } from "#contract/images.ts";
import type { ManifestImage } from "#contract/manifest.ts";
import type { Run } from "#contract/runs.ts";
import { nextUnwritten } from "#contract/serials.ts";
import type { AppStore } from "./app-store.ts";
import {
  afterDevice,
  batchRequestOf,
  type Draft,
  type DraftAt,
  emptyDraft,
  type ImagePick,
  type Kept,
  oneDrive,
  pairsOf,
  resumeDraft,
  runRequestOf,
  type Step,
  severalDrives,
  stepBack,
  stepBackTo,
  takeDrives,
} from "./draft.ts";
import type { NavigationStore } from "./navigation-store.ts";

/** What the current step's own act is doing: identifying the device, or starting the run. */
export type Act = { state: "ready" } | { state: "busy" } | { state: "failed"; error: ErrorData };

export type Notice =
  | { kind: "driveLost"; name: string }
  /** A serial was scanned in the middle of another device's steps. */
  | { kind: "scanned"; text: string }
  /** The device that was named is being provisioned right now. */
  | { kind: "underWay"; run: Run };

export type WizardView = { draft: Draft; act: Act; notice: Notice | null; kept: Kept };

export type WizardStore = ReturnType<typeof createWizardStore>;

const ready: Act = { state: "ready" };

export function createWizardStore(bridge: Bridge, app: AppStore, navigation: NavigationStore) {
  const store = createStore<WizardView>(() => ({ draft: emptyDraft, act: ready, notice: null, kept: null }));
  const ask = (draft: Draft) => store.setState({ draft, act: ready, notice: null });

  /** Runs a step's act once at a time. Its failure is shown, unless the person left the step meanwhile. */
  async function act<Value>(work: () => Promise<Value>, then: (value: Value) => void) {
    const isBusy = () => store.getState().act.state === "busy";
    if (isBusy()) return;
    store.setState({ act: { state: "busy" } });
    try {
      then(await work());
    } catch (thrown) {
      if (isBusy()) store.setState({ act: { state: "failed", error: toErrorData(thrown) } });
    }
  }

  function at<Name extends Step>(step: Name): DraftAt<Name> | null {
    const { draft } = store.getState();
    return draft.step === step ? (draft as DraftAt<Name>) : null;
  }

  function chooseImage(image: ImagePick) {
    const draft = at("image");
    if (!draft) return;
    const { device, role } = draft;
    store.setState({ kept: { host: device.host, role, image, several: false } });
    ask(oneDrive({ device, role, image }));
  }

  function startOrResume(draft: DraftAt<"confirm">): Promise<Run> {
    const request = runRequestOf(draft);
    if (draft.purpose.kind === "new") return bridge.call("runs.start", request);
    const { driveKey, eraseConfirmed } = request;
    return bridge.call("runs.resume", { runId: draft.purpose.run.id, driveKey, eraseConfirmed });
  }

  function deviceOf(run: Run): Identified {
    const known = app.app().devices.find((device) => device.serial === run.serial) ?? null;
    return { serial: run.serial, host: run.host, hostname: known?.hostname ?? "", known };
  }

  app.subscribe((view, before) => {
    if (view.state !== "ready" || (before.state === "ready" && before.app.drives === view.app.drives)) return;
    const { draft, lost } = takeDrives(store.getState().draft, view.app.drives);
    store.setState(lost ? { draft, notice: { kind: "driveLost", name: lost }, act: ready } : { draft });
  });

  const wizard = {
    ...store,
    identify: (text: string) =>
      act(
        () => bridge.call("devices.identify", { text }),
        (device) => {
          if (!at("device")) return;
          const run = runOfDevice(app.app().runs, device.serial);
          if (run) store.setState({ notice: { kind: "underWay", run }, act: ready });
          else ask(afterDevice(device, store.getState().kept));
        },
      ),
    chooseRole(role: string) {
      const draft = at("role");
      if (draft) ask({ step: "image", device: draft.device, role });
    },
    chooseBuild() {
      const { kept } = store.getState();
      const draft = at("image");
      const same = kept?.host === draft?.device.host && kept?.role === draft?.role;
      const inspection = same && kept?.image.choice.kind === "build" ? kept.image.inspection : null;
      chooseImage({ choice: { kind: "build" }, inspection });
    },
    chooseDownload({ sha256, content }: Pick<ManifestImage, "sha256" | "content">) {
      const { kept } = store.getState();
      const before = kept?.image.inspection?.sha256 === sha256 ? kept.image.inspection : null;
      const told = content ? { sha256, ...content } : null;
      chooseImage({ choice: { kind: "download", sha256 }, inspection: before ?? told });
    },
    chooseFile: (inspection: Inspection) =>
      chooseImage({ choice: { kind: "file", path: inspection.path }, inspection }),
    choosePractice: (inspection: Inspection) => chooseImage({ choice: { kind: "practice" }, inspection }),
    /** A practice drive at hand, and another image chosen: takes the one that is made to practise with. */
    practise: (medium: Host["medium"]) =>
      act(
        () => bridge.call("images.practice", { medium }),
        (inspection) => {
          const draft = at("drive") ?? at("drives");
          if (!draft) return;
          const image: ImagePick = { choice: { kind: "practice" }, inspection };
          store.setState(({ kept }) => ({ kept: kept && { ...kept, image } }));
          ask({ ...draft, image });
        },
      ),
    selectDrive(driveKey: string) {
      const draft = at("drive");
      if (draft) store.setState({ draft: { ...draft, driveKey }, notice: null });
    },
    takeDrive() {
      const draft = at("drive");
      const drive = app.app().drives.find((candidate) => candidate.key === draft?.driveKey);
      if (!draft || !drive) return;
      const { driveKey: _chosen, ...rest } = draft;
      ask({ ...rest, step: "confirm", drive });
    },
    /** One card for this device, or several for it and those that follow. */
    takeSeveral(several: boolean) {
      const draft = at("drive") ?? at("drives");
      if (!draft) return;
      store.setState(({ kept }) => ({ kept: kept && { ...kept, several } }));
      ask(several ? severalDrives(draft) : oneDrive(draft));
    },
    selectDrives(driveKeys: string[]) {
      const draft = at("drives");
      if (draft) store.setState({ draft: { ...draft, driveKeys }, notice: null });
    },
    takeDrives(driveKeys: string[]) {
      const draft = at("drives");
      if (!draft) return;
      const { driveKeys: _chosen, ...rest } = draft;
      ask({ ...rest, step: "confirmBatch", pairs: pairsOf({ ...draft, driveKeys }, app.app()) });
    },
    startBatch: async () => {
      const draft = at("confirmBatch");
      if (!draft) return;
      await act(
        () => bridge.call("runs.startBatch", batchRequestOf(draft)),
        (runs) => {
          for (const run of runs) app.take({ event: "run", payload: run });
          ask(emptyDraft);
          const batchId = runs[0]?.batch?.id;
          if (batchId !== undefined) navigation.go({ place: "batch", batchId });
        },
      );
    },
    start: async () => {
      const draft = at("confirm");
      if (!draft) return;
      await act(
        () => startOrResume(draft),
        (run) => {
          app.take({ event: "run", payload: run });
          ask(emptyDraft);
          // A card of a batch that is tried again goes back among the others.
          navigation.go(
            run.batch ? { place: "batch", batchId: run.batch.id } : { place: "run", runId: run.id },
          );
        },
      );
    },
    back() {
      const { draft } = store.getState();
      const before = stepBack(draft);
      if (before) ask(before);
      else if (draft.step === "drive" && draft.purpose.kind === "resume") {
        ask(emptyDraft);
        navigation.go({ place: "run", runId: draft.purpose.run.id });
      }
    },
    backTo: (step: Step) => ask(stepBackTo(store.getState().draft, step)),
    restart: () => ask(emptyDraft),
    /** Forty cards: the next serial, with the role and image of the run before. */
    nextDevice(run: Run) {
      const image = { choice: run.imageChoice, inspection: run.image };
      store.setState({ kept: { host: run.host, role: run.role, image, several: false } });
      ask({ step: "device", suggestion: nextUnwritten(run.serial, app.app().devices) ?? "" });
      navigation.go({ place: "wizard" });
    },
    /** The next hubful: the serials that follow the last one of a batch, with its role and image. */
    async nextBatch(last: Run) {
      wizard.nextDevice(last);
      store.setState(({ kept }) => ({ kept: kept && { ...kept, several: true } }));
      const draft = at("device");
      if (draft && draft.suggestion !== "") await wizard.identify(draft.suggestion);
    },
    resume(run: Run) {
      ask(resumeDraft(run, deviceOf(run)));
      navigation.go({ place: "wizard" });
    },
    scanned(text: string) {
      navigation.go({ place: "wizard" });
      if (store.getState().draft.step === "device") return wizard.identify(text);
      store.setState({ notice: { kind: "scanned", text } });
      return Promise.resolve();
    },
    /** Leaves the device at hand for the one that was scanned. */
    switchTo(text: string) {
      ask(emptyDraft);
      return wizard.identify(text);
    },
    dismissNotice: () => store.setState({ notice: null }),
  };
  return wizard;
}
