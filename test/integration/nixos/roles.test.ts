import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type FlakeBench, flakeBench } from "../../support/flake.ts";

let bench: FlakeBench;
beforeAll(async () => {
  bench = await flakeBench();
});
afterAll(() => bench.remove());

const settings = z.record(z.string(), z.unknown());

/** What the modules of a target set, by the option's path; `extra` is a module of its owner's. */
async function optionsOf(target: string, extra = "{ }") {
  const folder = await bench.copyWith("hardware-configuration.nix", extra);
  const output = `nixosConfigurations.${target}.report.options`;
  return settings.parse(JSON.parse(await bench.runIn(folder, ["eval", "--json"], output)));
}

const unit = z.looseObject({ serviceConfig: settings });
const unitOf = (options: Record<string, unknown>, name: string) =>
  z
    .record(z.string(), z.unknown())
    .transform((units) => unit.parse(units[name]))
    .parse(options["systemd.services"]).serviceConfig;

describe("a card", () => {
  it("grows its root file system to the card's end at the first start", async () => {
    expect(await optionsOf("raspberry-robot")).toMatchObject({ "sdImage.expandOnBoot": true });
  });
});

describe("a node", () => {
  it("makes its WireGuard key itself, outside the store", async () => {
    const options = await optionsOf("generic-node");
    expect(options["networking.wireguard.interfaces"]).toMatchObject({
      wg0: { generatePrivateKeyFile: true, privateKeyFile: "/var/lib/wireguard/wg0.key", privateKey: null },
    });
  });

  it("shows its figures over WireGuard and nowhere else", async () => {
    const options = await optionsOf("generic-node", '{ floppy.wireguard.interface = "wg7"; }');
    expect(options["networking.firewall.interfaces"]).toMatchObject({ wg7: { allowedTCPPorts: [9100] } });
    expect(options["networking.firewall.allowedTCPPorts"] ?? []).not.toContain(9100);
  });
});

describe("a proxy", () => {
  it("sends out what comes in by WireGuard, by whichever interface leads out", async () => {
    expect(await optionsOf("dell-proxy")).toMatchObject({
      "networking.nat.enable": true,
      "networking.nat.internalInterfaces": ["wg0"],
      "networking.firewall.allowedUDPPorts": [51820],
    });
  });

  it("uses the interface that it is told", async () => {
    const options = await optionsOf("dell-proxy", '{ floppy.proxy.externalInterface = "enp1s0"; }');
    expect(options["networking.nat.externalInterface"]).toBe("enp1s0");
  });
});

describe("a server of models", () => {
  it.each([
    ["generic-ai", "services.llama-cpp"],
    ["generic-mainframe", "services.ollama"],
  ])("%s answers itself alone until its owner opens it", async (target, service) => {
    const closed = await optionsOf(target);
    expect(closed).toMatchObject({ [`${service}.host`]: "127.0.0.1", [`${service}.openFirewall`]: false });
    const open = await optionsOf(target, "{ floppy.models.openToNetwork = true; }");
    expect(open).toMatchObject({ [`${service}.host`]: "0.0.0.0", [`${service}.openFirewall`]: true });
  });

  it("needs no model to start with, and takes one that arrives", async () => {
    const options = await optionsOf("generic-ai");
    const model = "/var/lib/models/model.gguf";
    expect(options["services.llama-cpp.model"]).toBe(model);
    expect(options["systemd.services"]).toMatchObject({
      "llama-cpp": { unitConfig: { ConditionPathExists: model } },
    });
    expect(options["systemd.paths"]).toMatchObject({ "llama-cpp": { pathConfig: { PathChanged: model } } });
  });
});

describe("a mainframe", () => {
  it("serves the fleet with a token made on the device, and reports to itself", async () => {
    const options = await optionsOf("generic-mainframe");
    const { ExecStart } = unitOf(options, "floppy-fleet");
    expect(ExecStart).toContain("--make-token --token-file %S/floppy-fleet/token");
    expect(options).toMatchObject({
      "networking.firewall.allowedTCPPorts": [8440],
      "floppy.fleet.url": "http://127.0.0.1:8440",
      "floppy.fleet.tokenFile": "/var/lib/floppy-fleet/token",
    });
  });

  it("hands the service a token that is kept elsewhere, by systemd", async () => {
    const kept =
      '{ services.floppy-fleet = { tokenFile = "/var/lib/secrets/fleet"; listenAddress = "10.20.0.1"; }; }';
    const options = await optionsOf("generic-mainframe", kept);
    const fleet = unitOf(options, "floppy-fleet");
    expect(fleet.LoadCredential).toBe("token:/var/lib/secrets/fleet");
    expect(fleet.ExecStart).toMatch(/--address 10\.20\.0\.1 .*--token-file %d\/token/);
    expect(options["floppy.fleet.url"]).toBe("http://10.20.0.1:8440");
  });
});

describe("a robot", () => {
  it("keeps kernel and login prompt off the servo bus", async () => {
    const options = await optionsOf("raspberry-robot");
    expect(options["boot.kernelParams"]).toEqual(["console=tty0", expect.stringMatching(/^loglevel=/)]);
    expect(options["systemd.services"]).toMatchObject({
      "serial-getty@ttyS0": { enable: false },
      "serial-getty@ttyS1": { enable: false },
      "serial-getty@ttyAMA0": { enable: false },
    });
  });

  it("lets one program at a time have the bus or the voice, of those in its group", async () => {
    const socketConfig = { Accept: true, MaxConnections: 1, SocketGroup: "robot", SocketMode: "0660" };
    const options = await optionsOf("raspberry-robot");
    expect(options["systemd.sockets"]).toMatchObject({
      "servo-bus": { socketConfig },
      speech: { socketConfig },
    });
  });

  it.each([
    ["servo-bus@", "/dev/servo-bus rw"],
    ["speech@", "char-alsa rw"],
    ["camera", "char-video4linux rw"],
  ])("%s may use its own device and nothing else", async (name, device) => {
    const service = unitOf(await optionsOf("raspberry-robot"), name);
    expect(service).toMatchObject({
      DynamicUser: true,
      CapabilityBoundingSet: "",
      DevicePolicy: "closed",
      DeviceAllow: device,
      ProtectSystem: "strict",
    });
  });

  it("shows its camera to itself alone", async () => {
    const { ExecStart } = unitOf(await optionsOf("raspberry-robot"), "camera");
    expect(ExecStart).toContain("--host 127.0.0.1");
  });
});

describe("a locked display", () => {
  const page = '{ floppy.display.url = "https://hall.example.org/a%20b?x=1"; }';

  it("shows the page again whenever it ends, and lets nobody in at the keyboard", async () => {
    const options = await optionsOf("generic-kiosk", page);
    const service = unitOf(options, "cage-tty1");
    expect(service.Restart).toBe("always");
    expect(options["services.openssh.settings"]).toMatchObject({ AllowUsers: ["jeremy", "root"] });
    expect(options).toMatchObject({ "boot.kernel.sysctl": { "kernel.sysrq": 0 } });
    expect(options["users.users"]).toMatchObject({
      display: {
        isNormalUser: true,
        hashedPassword: null,
        extraGroups: [],
        shell: expect.stringMatching(/nologin$/),
      },
    });
  });

  it("is what a Raspberry Pi on HDMI makes of its screen, and a card holds it", async () => {
    const options = await optionsOf("raspberry-kiosk");
    expect(options).toMatchObject({
      "services.cage.enable": true,
      "services.cage.user": "display",
      "sdImage.imageBaseName": "floppy-raspberry-kiosk",
    });
    expect(unitOf(options, "cage-tty1").Restart).toBe("always");
  });

  it("opens the page's site and no other", async () => {
    const options = await optionsOf("generic-kiosk", page);
    expect(options["programs.chromium.extraOpts"]).toMatchObject({
      URLBlocklist: ["*"],
      URLAllowlist: ["https://hall.example.org"],
    });
  });

  it("has a page of its own to begin with, and opens no other file", async () => {
    const options = await optionsOf("generic-kiosk");
    expect(options["programs.chromium.extraOpts"]).toMatchObject({
      URLAllowlist: [expect.stringMatching(/^file:\/\/\/.*welcome\.html$/)],
    });
  });

  it("draws for an e-paper panel once there is a driver for it", async () => {
    expect((await optionsOf("reterminal-terminal"))["systemd.timers"] ?? {}).not.toHaveProperty("epaper");
    const services = ["epaper", "locked-display"].map((name) => `../modules/services/${name}.nix`).join(" ");
    const role = `{ imports = [ ${services} ]; floppy.epaper.driver = "/bin/panel --wide"; }`;
    const folder = await bench.copyWith("roles/terminal.nix", role);
    const script = "nixosConfigurations.reterminal-terminal.config.systemd.services.epaper.script";
    expect(await bench.runIn(folder, ["eval", "--raw"], script)).toMatch(
      /\n\/bin\/panel --wide "\$picture"$/,
    );
  });
});
