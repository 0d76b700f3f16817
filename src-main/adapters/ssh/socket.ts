import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { TargetAddress } from "#contract/targets.ts";
import { errorCode } from "../error-code.ts";
import { unreachable } from "./errors.ts";

const reasons: Record<string, string> = {
  ECONNREFUSED: "does not take connections on this port; it may still be starting",
  EHOSTUNREACH: "does not answer",
  ENETUNREACH: "is on no network that this computer is on",
  ETIMEDOUT: "does not answer",
  ENOTFOUND: "is a name that nobody on this network knows",
  EAI_AGAIN: "is a name that nobody on this network knows",
};

/** A TCP connection that stands. */
export async function openSocket(address: TargetAddress, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host: address.host, port: address.port, noDelay: true });
  // Errors after this are told by ssh2; between the two nobody listens.
  socket.on("error", () => undefined);
  try {
    await once(socket, "connect", { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    if (signal.aborted) throw unreachable(address, "does not answer");
    throw unreachable(address, reasons[errorCode(error)] ?? "cannot be reached", error as Error);
  }
}
