import { useEffect, useRef, useState } from "react";
import type { Host } from "#contract/catalog.ts";
import type { Inspection } from "#contract/images.ts";
import { useImage, useStores } from "../../stores/use-stores.ts";
import { TextField } from "../../ui/Field.tsx";
import { formatBytes, shortHash } from "../../ui/format.ts";
import { FolderIcon, ImageIcon, UpIcon } from "../../ui/icons.tsx";
import { Waiting } from "../../ui/Meter.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Columns, Facts, Panel } from "../../ui/Panel.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import { fileName } from "../words.ts";
import styles from "./ImageStep.module.css";

export function FilePanel({ medium }: { medium: Host["medium"] }) {
  const { image } = useStores();
  const folder = useImage((view) => view.folder);
  useEffect(() => {
    if (image.getState().folder.state === "idle") void image.browse(null);
  }, [image]);

  return (
    <Columns ratio="even">
      <Panel>
        <PathField here={folder.state === "ready" ? folder.value.path : ""} />
        {folder.state === "failed" && <ErrorNotice error={folder.error} />}
        {folder.state === "loading" && <Waiting>Reading the folder…</Waiting>}
        {folder.state === "ready" && <FolderList />}
      </Panel>
      <Panel title="The image">
        <Found medium={medium} />
      </Panel>
    </Columns>
  );
}

/** A pasted path: an image is read, anything else is opened as a folder. */
function PathField({ here }: { here: string }) {
  const { image } = useStores();
  const [path, setPath] = useState(here);
  useEffect(() => setPath(here), [here]);
  return (
    <TextField
      label="Folder or file"
      value={path}
      onChange={(event) => setPath(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        const looksLikeImage = /\.(img|iso|raw|bin|wic|sdcard|dd|zst|gz|xz|bz2|zip)$/i.test(path);
        void (looksLikeImage ? image.inspect(path) : image.browse(path));
      }}
    />
  );
}

function FolderList() {
  const { image } = useStores();
  const folder = useImage((view) => view.folder);
  const inspection = useImage((view) => view.inspection);
  if (folder.state !== "ready") return null;
  const { parent, entries, leftOut } = folder.value;
  const chosen = inspection.state === "ready" ? inspection.value.path : null;
  return (
    <ul className={styles.entries} aria-label="Folder">
      {parent !== null && (
        <li>
          <button type="button" onClick={() => void image.browse(parent)}>
            <UpIcon /> Up
          </button>
        </li>
      )}
      {entries.map((entry) => (
        <li key={entry.path}>
          <button
            type="button"
            aria-pressed={entry.kind === "image" ? entry.path === chosen : undefined}
            onClick={() =>
              void (entry.kind === "folder" ? image.browse(entry.path) : image.inspect(entry.path))
            }
          >
            {entry.kind === "folder" ? <FolderIcon /> : <ImageIcon />}
            <span className={styles.name}>{entry.name}</span>
            {entry.sizeBytes !== null && <span className={styles.size}>{formatBytes(entry.sizeBytes)}</span>}
          </button>
        </li>
      ))}
      {leftOut > 0 && (
        <li className={styles.none}>
          {leftOut} more are not shown. Put what you flash into a folder of its own.
        </li>
      )}
      {entries.length === 0 && <li className={styles.none}>No folders and no images here.</li>}
    </ul>
  );
}

function Found({ medium }: { medium: Host["medium"] }) {
  const inspection = useImage((view) => view.inspection);
  switch (inspection.state) {
    case "idle":
      return <p className={styles.none}>Choose a file. Raw, .zst, .gz, .xz, .bz2 and .zip images work.</p>;
    case "loading":
      return <Waiting>Reading it through to its end…</Waiting>;
    case "failed":
      return <ErrorNotice error={inspection.error} />;
    case "ready":
      return <InspectionFacts found={inspection.value} medium={medium} />;
  }
}

function InspectionFacts({ found, medium }: { found: Inspection; medium: Host["medium"] }) {
  const box = useRef<HTMLDivElement>(null);
  // The file is chosen: Enter should now go on instead of reading the file once more.
  useEffect(() => box.current?.closest("form")?.querySelector<HTMLElement>("[type=submit]")?.focus(), []);
  return (
    <div ref={box} className={styles.facts}>
      <Facts
        facts={[
          { name: "File", value: fileName(found.path) },
          {
            name: "Writes",
            value: formatBytes(found.sizeBytes),
            detail:
              found.format === "raw"
                ? "not compressed"
                : `${formatBytes(found.fileBytes)} as .${found.format}`,
          },
          { name: "SHA-256", value: <code title={found.sha256}>{shortHash(found.sha256)}</code> },
          ...(found.behind
            ? [{ name: "Left out", value: `${found.behind.bytes} bytes behind the image` }]
            : []),
          { name: "Identity", value: found.firmware ? "goes to its FIRMWARE partition" : "no place for it" },
        ]}
      />
      {found.unrecognised && (
        <Notice tone="look" title="This may be no image at all.">
          <p>It holds neither a partition table nor a file system, so no machine boots from it.</p>
        </Notice>
      )}
      {medium === "card" && found.firmware === null && (
        <Notice tone="look" title="This image takes no identity.">
          <p>
            It has no FIRMWARE partition, so no card becomes a device with it. Choose an SD image, or write it
            as it is with the command: floppy provision flash.
          </p>
        </Notice>
      )}
    </div>
  );
}
