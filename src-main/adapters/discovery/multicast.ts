import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";

const PORT = 5353;
const groups = { udp4: "224.0.0.251", udp6: "ff02::fb" };

export type Family = keyof typeof groups;
export type OnMessage = (message: Buffer, sender: RemoteInfo) => void;

export type Multicast = {
  /** Joins the group on every network port there now is, and sends the message through each. */
  send(message: Buffer): Promise<void>;
  close(): void;
};

/**
 * Multicast DNS over one family of addresses, beside whatever else on this computer speaks it. Nothing here throws: a
 * machine without multicast, or where another program keeps the port for itself, only hears nothing.
 */
export function openMulticast(family: Family, onMessage: OnMessage): Multicast {
  let socket: Promise<Socket | null> | null = null;
  let closed = false;
  const open = () => {
    socket ??= bind(family, onMessage, () => {
      socket = null;
    });
    return socket;
  };
  return {
    async send(message) {
      const bound = await open();
      if (bound === null || closed) return;
      for (const port of networkPorts(family)) {
        if (!closed) await sendThrough(bound, family, port, message);
      }
    },
    close() {
      closed = true;
      void socket?.then((bound) => bound?.close());
    },
  };
}

/** The socket, or null; `onFailed` is called when it can be used no more, so that the next turn makes another. */
function bind(family: Family, onMessage: OnMessage, onFailed: () => void): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: family, reuseAddr: true, ipv6Only: family === "udp6" });
    socket.on("message", onMessage);
    socket.on("error", () => {
      onFailed();
      resolve(null);
      socket.removeAllListeners("message").close();
    });
    socket.bind(PORT, () => {
      socket.unref();
      socket.setMulticastTTL(255);
      resolve(socket);
    });
  });
}

/** How the system wants each network port named: by its address, or by its name for IPv6. */
function networkPorts(family: Family): string[] {
  const ports = Object.entries(networkInterfaces()).map(([name, addresses = []]) => {
    const own = addresses.find(
      (one) => !one.internal && one.family === (family === "udp4" ? "IPv4" : "IPv6"),
    );
    return own && (family === "udp4" ? own.address : `::%${name}`);
  });
  return ports.filter((port) => port !== undefined);
}

async function sendThrough(socket: Socket, family: Family, port: string, message: Buffer): Promise<void> {
  quietly(() => socket.addMembership(groups[family], port));
  await new Promise<void>((resolve) => {
    const chosen = quietly(() => {
      socket.setMulticastInterface(port);
      // Awaited one by one: the choice of the network port holds for the whole socket.
      socket.send(message, PORT, groups[family], () => resolve());
    });
    if (!chosen) resolve();
  });
}

/** Joined already, or gone since it was listed: neither matters, the next turn sees what is there then. */
function quietly(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
