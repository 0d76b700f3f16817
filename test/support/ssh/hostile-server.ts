/**
 * A program: an SSH server that means harm, in the way its argument names. It lets every key in. Prints where it
 * listens and its host key, as one JSON line; a process of its own, so that its memory is not the tests' memory.
 */
import ssh2, { type Connection, type ServerChannel } from "ssh2";
import { createHostKeys } from "#adapters/host-keys.ts";

type Inside = {
  _protocol: Record<string, (...parameters: unknown[]) => void>;
  _sock: { writableLength: number; pause(): void };
};

const inside = (connection: Connection) => connection as unknown as Inside;

/** As fast as the peer takes it, for as long as the connection stands. */
function forever(connection: Connection, act: () => void) {
  let open = true;
  connection.on("close", () => {
    open = false;
  });
  const turn = () => {
    if (!open) return;
    for (let count = 0; count < 2000 && inside(connection)._sock.writableLength < 1e6; count += 1) act();
    setImmediate(turn);
  };
  turn();
}

/** Whatever SSH's window says. */
function flood(connection: Connection, channel: ServerChannel, chunk: Buffer, extended = false) {
  const { id } = (channel as unknown as { outgoing: { id: number } }).outgoing;
  const { _protocol } = inside(connection);
  forever(connection, () =>
    extended ? _protocol.channelExtData?.(id, chunk, 1) : _protocol.channelData?.(id, chunk),
  );
}

/** Asks for two gigabytes, and reads none of them. */
function stopReading(connection: Connection, channel: ServerChannel) {
  const { id } = (channel as unknown as { outgoing: { id: number } }).outgoing;
  inside(connection)._protocol.channelWindowAdjust?.(id, 2 ** 31);
  inside(connection)._sock.pause();
}

type Harm = (connection: Connection, channel: ServerChannel) => void;
const whenCommanded: Record<string, Harm> = {
  "endless output": (connection, channel) => flood(connection, channel, Buffer.alloc(32_000, "x")),
  "endless lines": (connection, channel) => flood(connection, channel, Buffer.alloc(32_000, "x\n"), true),
  "endless requests": (connection) => forever(connection, () => inside(connection)._protocol.ping?.()),
  "dies in the middle": (connection, channel) => channel.write("half", () => connection.end()),
  "never ends": (_, channel) => channel.write("half"),
  "stops reading": stopReading,
  "never finishes its keys": (connection, channel) => {
    stopReading(connection, channel);
    inside(connection)._protocol.rekey?.();
  },
  "exit without a word": (_, channel) => channel.close(),
};

const [harm = ""] = process.argv.slice(2);
const hostKey = createHostKeys().generate("host");
const banner = harm === "shows an endless banner" ? "x".repeat(200_000) : undefined;
const server = new ssh2.Server(
  { hostKeys: [hostKey.privateKey], ...(banner ? { banner } : {}) },
  (connection) => {
    connection.on("error", () => undefined);
    connection.on("authentication", (context) => {
      if (harm === "never logs in") return;
      if (harm === "refuses every key") context.reject();
      else context.accept();
    });
    connection.on("session", (accept, reject) => {
      if (harm === "takes no command") return reject();
      accept().on("exec", (acceptExec) => {
        if (harm === "never starts a command") return;
        whenCommanded[harm]?.(connection, acceptExec());
      });
    });
  },
);
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as { port: number };
  console.log(JSON.stringify({ port, hostKey: hostKey.publicKey }));
});
