import { type ReactNode, useEffect } from "react";
import type { ErrorData } from "#contract/errors.ts";
import { ageless, contentToStream, type FoundManifest } from "#contract/manifest.ts";
import { manifestImageOf } from "../../stores/image-store.ts";
import { useImage, useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { formatBytes, shortHash } from "../../ui/format.ts";
import { HoldButton } from "../../ui/HoldButton.tsx";
import { Waiting } from "../../ui/Meter.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { type Fact, Facts, Panel } from "../../ui/Panel.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import styles from "./ImageStep.module.css";

/** The image that a manifest names: what will be downloaded, and who vouches for it. */
export function DownloadPanel({ name }: { name: string }) {
  const { image, navigation } = useStores();
  const manifest = useImage((view) => view.manifest);
  const read = () => void image.readManifest();
  useEffect(() => void image.readManifest(), [image]);
  const again = (
    <Button look="quiet" onClick={read}>
      Read again
    </Button>
  );

  switch (manifest.state) {
    case "idle":
    case "loading":
      return (
        <Panel>
          <Waiting>Reading the manifest…</Waiting>
        </Panel>
      );
    case "failed":
      return <Unread error={manifest.error} again={again} />;
    case "ready":
      if (manifest.value) return <Found manifest={manifest.value} name={name} again={again} />;
      return (
        <Notice
          tone="look"
          title="No image manifest is set."
          actions={
            <Button look="quiet" onClick={() => navigation.go({ place: "settings" })}>
              Open Settings
            </Button>
          }
        >
          <p>A manifest lists images that another machine built. Set its address in Settings.</p>
        </Notice>
      );
  }
}

/** Going back to an older list is held for: somebody may be passing it off for the current one. */
function Unread({ error, again }: { error: ErrorData; again: ReactNode }) {
  const { image } = useStores();
  const serial = error.code === "MANIFEST_OLDER" ? error.details.serial : null;
  const goingBack = typeof serial === "number" && (
    <HoldButton onHeld={() => void image.goBackTo(serial)}>
      {serial > 0 ? `Hold to go back to serial ${serial}` : "Hold to take one without a serial"}
    </HoldButton>
  );
  return (
    <ErrorNotice
      error={error}
      actions={
        <>
          {again}
          {goingBack}
        </>
      }
    />
  );
}

type FoundProps = { manifest: FoundManifest; name: string; again: ReactNode };

function Found({ manifest, name, again }: FoundProps) {
  const image = manifestImageOf(manifest, name);
  const age = ageless(manifest);
  const kept = manifest.kept !== null && (
    <Notice tone="look" title="This is the manifest from before." actions={again}>
      <p>{manifest.kept} What is downloaded already can be written all the same.</p>
    </Notice>
  );
  if (!image) {
    return (
      <>
        {kept}
        <Notice tone="look" title={`The manifest names no image for ${name}.`} actions={again}>
          <p>Build it, or use a local file. Read from {manifest.url}.</p>
        </Notice>
      </>
    );
  }
  const { fileBytes, sha256, builtFrom, urls, here } = image;
  const hosts = urls.map((url) => new URL(url).host).join(", then ");
  return (
    <>
      {kept}
      {age && (
        <Notice tone="look" title="The manifest is signed, and may be an old one.">
          <p>{age}</p>
        </Notice>
      )}
      <Panel title="The image" aside={manifest.kept === null && again}>
        <Facts
          facts={[
            { name: "Image", value: <strong className={styles.target}>{name}</strong> },
            {
              name: "Size",
              value: formatBytes(fileBytes),
              detail: here
                ? "downloaded already"
                : `from ${hosts}${contentToStream(image) ? ", written while it comes" : ""}`,
            },
            { name: "Built from", value: builtFrom ? <code>{builtFrom}</code> : "not told" },
            { name: "SHA-256", value: <code title={sha256}>{shortHash(sha256)}</code> },
            { name: "Manifest", value: manifest.url },
            trustOf(manifest),
          ]}
        />
      </Panel>
    </>
  );
}

function trustOf({ signature }: FoundManifest): Fact {
  if (signature.state === "signed") {
    const value = <StateMark tone="good">Signed by the key in Settings</StateMark>;
    const { comment, current } = signature;
    const age = current ? `serial ${current.serial}, good until ${current.expires.slice(0, 10)}` : null;
    return { name: "Signature", value, detail: age ? `${comment} · ${age}` : comment };
  }
  const value = <StateMark tone="look">Not signed</StateMark>;
  return { name: "Signature", value, detail: "no public key is set in Settings" };
}
