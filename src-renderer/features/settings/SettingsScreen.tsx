import { type ComponentProps, useRef, useState } from "react";
import { type ErrorData, toErrorData } from "#contract/errors.ts";
import type { Settings } from "#contract/settings.ts";
import {
  errorsIn,
  type FormErrors,
  formOf,
  readForm,
  type SettingsForm,
} from "../../stores/settings-form.ts";
import { useApp, useSettings, useStores } from "../../stores/use-stores.ts";
import { Button } from "../../ui/Button.tsx";
import { Segments, TextArea, TextField } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Columns, Panel } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { ErrorNotice } from "../ErrorNotice.tsx";
import { BrowsersPanel } from "./BrowsersPanel.tsx";
import styles from "./settings.module.css";

type Saving =
  | { state: "idle" }
  | { state: "busy" }
  | { state: "saved" }
  | { state: "failed"; error: ErrorData };

export function SettingsScreen() {
  const { app, settings, station } = useStores();
  const saved = useApp((state) => state.settings);
  const unsaved = useSettings((view) => view.unsaved);
  const form = unsaved ?? formOf(saved);
  const problems = useApp((state) => state.problems);
  const [errors, setErrors] = useState<FormErrors>(() => errorsIn(saved));
  const [saving, setSaving] = useState<Saving>({ state: "idle" });
  const element = useRef<HTMLFormElement>(null);

  async function save() {
    const read = readForm(form);
    setErrors(read.state === "invalid" ? read.errors : {});
    if (read.state === "invalid") return focusFirstInvalid(element.current);
    setSaving({ state: "busy" });
    try {
      // The theme too, which is chosen beside the form: what was wrong in the file is corrected as a whole.
      await app.updateSettings({ ...read.settings, theme: saved.theme });
      settings.keep(null);
      setSaving({ state: "saved" });
    } catch (thrown) {
      setSaving({ state: "failed", error: toErrorData(thrown) });
    }
  }

  const field = (name: keyof SettingsForm) => ({
    value: form[name],
    error: errors[name],
    onChange(event: { target: { value: string } }) {
      setSaving({ state: "idle" });
      settings.keep({ ...form, [name]: event.target.value });
    },
  });

  return (
    <form
      ref={element}
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Screen
        title="Settings"
        hint={
          saving.state === "saved" ? (
            <StateMark tone="good">Saved</StateMark>
          ) : (
            unsaved && <StateMark tone="look">Not saved yet</StateMark>
          )
        }
        left={
          unsaved && (
            <Button
              onClick={() => {
                settings.keep(null);
                setErrors(errorsIn(saved));
              }}
            >
              Undo changes
            </Button>
          )
        }
        right={
          <Button type="submit" look="main" disabled={saving.state === "busy"}>
            Save
          </Button>
        }
      >
        {saving.state === "failed" && <ErrorNotice error={saving.error} />}
        {problems.map((problem) => (
          <ErrorNotice key={problem.message} error={problem} />
        ))}
        <Columns ratio="even">
          <BenchPanel field={field} />
          <DevicePanel field={field} />
        </Columns>
        <NixPanel field={field} />
        <DownloadPanel field={field} />
        {station && <BrowsersPanel station={station} />}
      </Screen>
    </form>
  );
}

/** After the errors are drawn, the first wrong field gets the focus. */
function focusFirstInvalid(form: HTMLFormElement | null) {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
}

type FieldProps = Pick<ComponentProps<typeof TextField>, "error"> & {
  value: string;
  onChange(event: { target: { value: string } }): void;
};
type PanelProps = { field(name: keyof SettingsForm): FieldProps };

const themes: { value: Settings["theme"]; label: string }[] = [
  { value: "system", label: "System" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

function BenchPanel({ field }: PanelProps) {
  const { app } = useStores();
  const theme = useApp((state) => state.settings.theme);
  return (
    <Panel title="This bench">
      <TextField label="Name" {...field("benchName")} />
      <div className={styles.theme}>
        <strong>Theme</strong>
        <Segments
          label="Theme"
          name="theme"
          options={themes}
          chosen={theme}
          onChoose={(value) => void app.updateSettings({ theme: value })}
        />
      </div>
    </Panel>
  );
}

function DevicePanel({ field }: PanelProps) {
  return (
    <Panel title="Every device written here">
      <TextArea
        label="SSH keys that may log in"
        help="One OpenSSH public key a line, as in id_ed25519.pub."
        {...field("authorizedKeys")}
      />
      <div className={styles.pair}>
        <TextField label="Wi-Fi name" {...field("ssid")} />
        <TextField label="Wi-Fi passphrase" type="password" {...field("passphrase")} />
      </div>
    </Panel>
  );
}

function NixPanel({ field }: PanelProps) {
  return (
    <Panel title="Building images">
      <CatalogLine />
      <TextField
        label="Flake"
        placeholder="the one that comes with Floppy"
        help="A path or URL that nix understands. Hosts and roles come from its floppy.catalog."
        {...field("flake")}
      />
      <TextField
        label="Remote builders"
        placeholder="ssh://builder aarch64-linux"
        help="nix’s own builders line; empty for none."
        {...field("builders")}
      />
      <Columns ratio="even">
        <TextArea label="Binary caches" help="One URL a line." rows={2} {...field("substituters")} />
        <TextArea
          label="Their public keys"
          help="One key a line: name:base64."
          rows={2}
          {...field("trustedPublicKeys")}
        />
      </Columns>
    </Panel>
  );
}

function DownloadPanel({ field }: PanelProps) {
  return (
    <Panel title="Downloading images">
      <Columns ratio="even">
        <TextField
          label="Image manifest"
          placeholder="https://example.org/images.json"
          help="An https:// address or a path; empty for none. It lists images that another machine built."
          {...field("manifestUrl")}
        />
        <TextField
          label="Its public key"
          placeholder="RW…"
          help="From minisign.pub. With it, only a manifest with the right signature beside it (.minisig) is used."
          {...field("manifestKey")}
        />
      </Columns>
      <p className={styles.note}>
        Downloads stay in Floppy’s data folder, so the next card needs no network. An image that the manifest
        no longer names is removed a week after it was last used.
      </p>
    </Panel>
  );
}

function CatalogLine() {
  const { app } = useStores();
  const source = useApp((state) => state.catalogSource);
  const [error, setError] = useState<ErrorData | null>(null);
  const reload = (
    <Button
      look="quiet"
      onClick={() => {
        setError(null);
        app.reloadCatalog().catch((thrown) => setError(toErrorData(thrown)));
      }}
    >
      Read again
    </Button>
  );
  if (error) return <ErrorNotice error={error} actions={reload} />;
  if (source.kind === "bundled") {
    return (
      <Notice tone="look" title="Hosts and roles are those that came with Floppy." actions={reload}>
        <p>{source.reason}</p>
      </Notice>
    );
  }
  return (
    <p className={styles.catalog}>
      <span>
        Hosts and roles were read from <code>{source.flake}</code>
      </span>
      {reload}
    </p>
  );
}
