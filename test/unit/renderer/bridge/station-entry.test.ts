import { describe, expect, it } from "vitest";
import { createStationEntry, type EntryWindow } from "../../../../src-renderer/bridge/station-entry.ts";

const refused = { code: "UNAUTHORIZED", message: "Not let in.", hint: "Open a new address.", details: {} };

/** A browser at that address, and a station that lets in for one token. */
function browserAt(search: string, { blocksStorage = false, token = "token" } = {}) {
  const door = { token, secret: "secret", reachable: true };
  const addresses: string[] = [];
  const stored = new Map<string, string>();
  async function fetch(
    path: string,
    { method, headers }: { method: string; headers: Record<string, string> },
  ) {
    if (!door.reachable) throw new TypeError("Failed to fetch");
    const shown = headers.Authorization?.replace("Bearer ", "");
    const isToken = method === "POST" && path === "/session";
    if (shown !== (isToken ? door.token : door.secret)) return Response.json(refused, { status: 401 });
    if (isToken) door.token = "";
    return method === "POST" ? Response.json({ secret: isToken ? door.secret : "another" }) : new Response();
  }
  const window = {
    location: { search, pathname: "/", origin: "http://127.0.0.1:4711" },
    history: { replaceState: (_: unknown, __: string, address: string) => addresses.push(address) },
    get localStorage() {
      if (blocksStorage) throw new DOMException("Blocked", "SecurityError");
      return {
        getItem: (key: string) => stored.get(key) ?? null,
        setItem: (key: string, value: string) => void stored.set(key, value),
      };
    },
    fetch,
  };
  const open = () => createStationEntry(window as unknown as EntryWindow);
  return { door, stored, addresses, window, open };
}

describe("a browser at the station's address", () => {
  it("is let in by the token, which leaves the address at once", async () => {
    const { addresses, open } = browserAt("?token=token");
    const entry = open();
    expect(addresses).toEqual(["/"]);
    expect(await entry.enter()).toBe("secret");
  });

  it("is in when it is loaded again, and in another tab", async () => {
    const { open, window } = browserAt("?token=token");
    await open().enter();
    window.location.search = "";
    expect(await open().enter()).toBe("secret");
  });

  it("keeps its token while the station does not answer", async () => {
    const { door, open } = browserAt("?token=token");
    const entry = open();
    door.reachable = false;
    await expect(entry.enter()).rejects.toThrow(TypeError);
    door.reachable = true;
    expect(await entry.enter()).toBe("secret");
  });

  it("stays in where somebody sends it to an address that is worth nothing", async () => {
    const { open, window } = browserAt("?token=token");
    await open().enter();
    window.location.search = "?token=guess";
    expect(await open().enter()).toBe("secret");
  });

  it("is told in the station's words why it is not let in", async () => {
    const { open } = browserAt("?token=guess");
    await expect(open().enter()).rejects.toMatchObject(refused);
  });

  it("is in as long as its page lives where it keeps nothing of pages", async () => {
    const { open } = browserAt("?token=token", { blocksStorage: true });
    const entry = open();
    await entry.enter();
    expect(await entry.enter()).toBe("secret");
  });

  it("that is in can have an address made for another", async () => {
    const { open } = browserAt("?token=token");
    const entry = open();
    await entry.enter();
    expect(await entry.invite()).toBe("http://127.0.0.1:4711/?token=another");
  });
});
