/** A program: fills the network with announcements that mean harm, then with one that does not, again and again. */
import { createSocket } from "node:dgram";
import { type Answer, encode } from "dns-packet";

const [port = ""] = process.argv.slice(2);
const subtype = "_floppy._sub._ssh._tcp.local";

function announcement(name: string, text: (string | Buffer)[]): Buffer {
  const instance = `${name}._ssh._tcp.local`;
  const answers: Answer[] = [
    { type: "PTR", name: subtype, ttl: 4500, data: instance },
    { type: "SRV", name: instance, ttl: 120, data: { target: "noise.local", port: 22 } },
    { type: "TXT", name: instance, ttl: 120, data: text },
    { type: "A", name: "noise.local", ttl: 120, data: "10.99.0.1" },
  ];
  return encode({ type: "response", id: 0, flags: 1 << 10, answers });
}

const socket = createSocket({ type: "udp4", reuseAddr: true });
socket.bind(5353, () => {
  socket.setMulticastInterface(port);
  let count = 0;
  const send = (message: Buffer) => socket.send(message, 5353, "224.0.0.251");
  setInterval(() => {
    send(announcement("\u001b[31mred\u202e", ["serial=$(reboot)"]));
    send(
      announcement(
        "large",
        Array.from({ length: 30 }, () => Buffer.alloc(250, "x")),
      ),
    );
    for (let more = 0; more < 20; more += 1) send(announcement(`machine-${count++}`, ["serial=NOISE"]));
    send(Buffer.alloc(9000, 0xff));
    // A name that points to itself.
    send(Buffer.from("000084000000000100000000c00c000c0001000000780002c00c", "hex"));
  }, 20);
});
