import { useEffect } from "react";
import type { Host } from "#contract/catalog.ts";
import { useImage, useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { formatBytes, shortHash } from "../../ui/format.ts";
import { Waiting } from "../../ui/Meter.tsx";
import { Facts, Panel } from "../../ui/Panel.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";

/** The image that takes neither nix nor a network: what it is good for, and what it is not. */
export function PracticePanel({ medium }: { medium: Host["medium"] }) {
  const { image } = useStores();
  const practice = useImage((view) => view.practice);
  const make = () => void image.makePractice(medium);
  useEffect(() => void image.makePractice(medium), [image, medium]);
  if (practice.state === "failed") {
    const again = (
      <Button look="quiet" onClick={make}>
        Try again
      </Button>
    );
    return <ErrorNotice error={practice.error} actions={again} />;
  }
  return (
    <Panel title="An image to practise with">
      <p>
        It gets this device’s identity, is written, and is read back as a real one is. It goes to practice
        drives alone: no device starts from it.
      </p>
      {practice.state !== "ready" && <Waiting>Making it…</Waiting>}
      {practice.state === "ready" && (
        <Facts
          facts={[
            {
              name: "Writes",
              value: formatBytes(practice.value.sizeBytes),
              detail: "made here, without nix or a network",
            },
            { name: "Holds", value: partitions[medium] },
            {
              name: "SHA-256",
              value: <code title={practice.value.sha256}>{shortHash(practice.value.sha256)}</code>,
            },
          ]}
        />
      )}
    </Panel>
  );
}

const partitions = {
  card: "FIRMWARE, which takes the identity, and a ROOT without a system",
  stick: "INSTALLER without a system; the identity goes behind it",
};
