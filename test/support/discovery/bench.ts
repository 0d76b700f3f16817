/** Two machines with a cable between them, which no other network hears: a target with avahi, and a station. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Announced } from "#contract/targets.ts";

const repository = join(import.meta.dirname, "../../..");
export const TARGET_ADDRESS = "10.99.0.1";
const STATION_ADDRESS = "10.99.0.2";

const ip = (...words: string[]) => execFileSync("ip", words, { encoding: "utf8" });

export type DiscoveryBench = Awaited<ReturnType<typeof openDiscoveryBench>>;

export async function openDiscoveryBench() {
  const folder = await mkdtemp(join(tmpdir(), "floppy-mdns-"));
  const mark = `flp${process.pid}`;
  const target = `${mark}t`;
  const station = `${mark}s`;
  const children: ChildProcess[] = [];
  for (const name of [target, station]) ip("netns", "add", name);

  const inside = (name: string, ...words: string[]) => execFileSync("ip", ["netns", "exec", name, ...words]);
  const start = (name: string, ...words: string[]) => {
    const child = spawn("ip", ["netns", "exec", name, ...words], { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    return child;
  };
  const end = async (child: ChildProcess, signal: NodeJS.Signals = "SIGTERM") => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  };
  const program = (name: string) => [process.execPath, join(import.meta.dirname, name)];

  return {
    /** Plugs the cable in; the addresses come with it. */
    plug() {
      ip("link", "add", "eth0", "netns", target, "type", "veth", "peer", "name", "eth0", "netns", station);
      for (const [name, address] of [
        [target, TARGET_ADDRESS],
        [station, STATION_ADDRESS],
      ] as const) {
        // Else the link-local address is only there after a second.
        inside(name, "sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/eth0/accept_dad");
        inside(name, "ip", "address", "add", `${address}/24`, "dev", "eth0");
        inside(name, "ip", "link", "set", "eth0", "up");
      }
    },

    unplug: () => inside(target, "ip", "link", "delete", "eth0"),

    /** A real avahi that announces what a device with this identity has announced. */
    async announce(identity: Record<string, string>, system: "installer" | "device") {
      const services = join(folder, "services");
      await mkdir(services, { recursive: true });
      const filter = join(repository, "nixos/scripts/lib/announcement.jq");
      const service = execFileSync("jq", ["--raw-output", "--arg", "system", system, "--from-file", filter], {
        input: JSON.stringify(identity),
      });
      await writeFile(join(services, "floppy.service"), service);
      const configuration = join(folder, "avahi.conf");
      await writeFile(
        configuration,
        `[server]\nhost-name=${identity.hostname}\nenable-dbus=no\nuse-ipv6=yes\n[publish]\npublish-workstation=no\n`,
      );
      const script = `mount --bind '${services}' /etc/avahi/services && mount -t tmpfs tmpfs /run && exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f '${configuration}' 2>&1`;
      const child = start(target, "unshare", "--mount", "sh", "-c", script);
      child.stdout?.resume();
      return { goodbye: () => end(child), die: () => end(child, "SIGKILL") };
    },

    noise: () => start(target, ...program("noise.ts"), TARGET_ADDRESS),

    /** Watches as the station does; `latest` is what was told last. */
    async watch() {
      const child = start(station, ...program("watch.ts"));
      const lines = createInterface({ input: child.stdout ?? process.stdin });
      const state = { latest: [] as Announced[], largest: 0, changes: 0 };
      lines.on("line", (line) => {
        const { found, largest = 0 } = JSON.parse(line);
        state.latest = found;
        state.largest = largest;
        state.changes += 1;
      });
      await once(lines, "line");
      return state;
    },

    async close() {
      for (const child of children) await end(child, "SIGKILL");
      for (const name of [target, station]) ip("netns", "delete", name);
      await rm(folder, { recursive: true });
    },
  };
}
