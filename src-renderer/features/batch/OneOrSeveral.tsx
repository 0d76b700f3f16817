import { useStores } from "../../stores/use-stores.ts";
import { Segments } from "../../ui/Field.tsx";

/** How many cards are written: asked where they are chosen. */
export function OneOrSeveral({ chosen }: { chosen: "one" | "several" }) {
  const { wizard } = useStores();
  return (
    <Segments
      label="How many cards"
      name="cards"
      chosen={chosen}
      onChoose={(value) => wizard.takeSeveral(value === "several")}
      options={[
        { value: "one", label: "One card" },
        { value: "several", label: "Several at once" },
      ]}
    />
  );
}
