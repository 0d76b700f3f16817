import { useState } from "react";
import type { Role } from "#contract/catalog.ts";
import type { DraftAt } from "../../stores/draft.ts";
import { useApp, useStores, useWizard } from "../../stores/use-stores.ts";
import { Button, Key } from "../../ui/Button.tsx";
import { ChoiceCards } from "../../ui/ChoiceCards.tsx";
import { Tag } from "../../ui/Panel.tsx";
import { Screen } from "../../ui/Screen.tsx";
import styles from "./RoleStep.module.css";
import { StepForm } from "./StepForm.tsx";

/** The roles this host can take first; both parts in the catalog's order. */
function sorted(roles: Role[], host: string): Role[] {
  return roles.toSorted((one, other) => Number(host in one.refuses) - Number(host in other.refuses));
}

export function RoleStep({ draft }: { draft: DraftAt<"role"> }) {
  const { wizard } = useStores();
  const roles = useApp((app) => app.catalog.roles);
  const kept = useWizard((view) => view.kept);
  const { host, known } = draft.device;
  const [chosen, setChosen] = useState(known?.role ?? (kept?.host === host ? kept.role : null));
  const valid = roles.some((role) => role.name === chosen && !(host in role.refuses));

  return (
    <StepForm onMainAct={() => valid && chosen && wizard.chooseRole(chosen)} onBack={wizard.back}>
      <Screen
        title="What is this device for?"
        lead="The role decides packages, services and desktop. It can be changed later."
        left={<Button onClick={wizard.back}>Back</Button>}
        hint={
          <>
            Arrow keys choose, <Key>Enter</Key> continues
          </>
        }
        right={
          <Button type="submit" look="main" disabled={!valid}>
            {valid ? `Use ${chosen}` : "Choose a role"}
          </Button>
        }
      >
        <ChoiceCards
          label="Role"
          name="role"
          autoFocus
          chosen={chosen}
          onChoose={setChosen}
          choices={sorted(roles, host).map((role) => ({
            value: role.name,
            refused: host in role.refuses,
            content: <RoleCard role={role} refusal={role.refuses[host]} />,
          }))}
        />
      </Screen>
    </StepForm>
  );
}

function RoleCard({ role, refusal }: { role: Role; refusal: string | undefined }) {
  return (
    <span className={styles.role}>
      <span className={styles.head}>
        <strong>{role.name}</strong>
        {!refusal && <span className={styles.soft}>{role.desktop}</span>}
      </span>
      <span>
        {role.purpose}
        {!refusal && <span className={styles.hardware}> · {role.hardware}</span>}
      </span>
      {refusal ? (
        <span className={styles.refusal}>{refusal}</span>
      ) : (
        <span className={styles.tags}>
          {role.services.map((service) => (
            <Tag key={service}>{service}</Tag>
          ))}
        </span>
      )}
    </span>
  );
}
