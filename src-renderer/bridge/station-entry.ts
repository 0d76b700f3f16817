import { errorData, FloppyError } from "#contract/errors.ts";
import { grant, INVITATION_PATH, SESSION_PATH, type StationDoor } from "#contract/station.ts";

const UNAUTHORIZED = 401;
const STORED = "floppy.session";

export type EntryWindow = Pick<Window, "location" | "history" | "localStorage" | "fetch">;

export type StationEntry = StationDoor & {
  /** The secret that opens the station's socket; rejects with UNAUTHORIZED where this browser is not let in. */
  enter(): Promise<string>;
};

/** A browser may be set to keep nothing of any page: then the secret lives as long as the page. */
function storageOf(window: EntryWindow): Pick<Storage, "getItem" | "setItem"> {
  try {
    return window.localStorage;
  } catch {
    const kept = new Map<string, string>();
    return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
  }
}

async function refusalIn(response: Response): Promise<FloppyError> {
  const told = errorData.safeParse(await response.json().catch(() => null));
  if (told.success) return FloppyError.from(told.data);
  return new FloppyError(
    "UNAUTHORIZED",
    "The station does not let this browser in.",
    "Runs under way go on. Open the address that the station printed.",
  );
}

/**
 * How a browser is let in. Its secret lies in the storage of this page's origin, which no other port of the machine
 * shares, as it would a cookie; the token of the address is exchanged for it once, and taken out of the address.
 */
export function createStationEntry(window: EntryWindow): StationEntry {
  const { location, history } = window;
  const storage = storageOf(window);
  let token = new URLSearchParams(location.search).get("token");
  if (token !== null) history.replaceState(null, "", location.pathname);

  const kept = () => storage.getItem(STORED) ?? "";
  const ask = (method: string, path: string, secret: string) =>
    window.fetch(path, { method, headers: { Authorization: `Bearer ${secret}` }, cache: "no-store" });

  /** A token that is worth nothing any more harms nobody who is in already. */
  async function redeemToken(): Promise<FloppyError | null> {
    if (token === null) return null;
    const response = await ask("POST", SESSION_PATH, token);
    token = null;
    if (!response.ok) return refusalIn(response);
    storage.setItem(STORED, grant.parse(await response.json()).secret);
    return null;
  }

  return {
    async enter() {
      const refusal = await redeemToken();
      const response = await ask("GET", SESSION_PATH, kept());
      // Whatever else it says, the socket will tell.
      if (response.status === UNAUTHORIZED) throw refusal ?? (await refusalIn(response));
      return kept();
    },
    async signOutEverywhere() {
      const response = await ask("DELETE", SESSION_PATH, kept());
      if (!response.ok) throw await refusalIn(response);
    },
    async invite() {
      const response = await ask("POST", INVITATION_PATH, kept());
      if (!response.ok) throw await refusalIn(response);
      return `${location.origin}/?token=${grant.parse(await response.json()).secret}`;
    },
  };
}
