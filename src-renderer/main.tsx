import "./bridge/zod-without-eval.ts";
import { createRoot } from "react-dom/client";
import { openBridge } from "./bridge/open-bridge.ts";
import { App } from "./features/App.tsx";
import { createStores } from "./stores/stores.ts";
import { StoresContext } from "./stores/use-stores.ts";
import "./ui/tokens.css";

const place = document.getElementById("root");
if (!place) throw new Error("The page has no place for Floppy.");

const stores = createStores(openBridge(window));
void stores.app.load();
createRoot(place).render(
  <StoresContext value={stores}>
    <App />
  </StoresContext>,
);
