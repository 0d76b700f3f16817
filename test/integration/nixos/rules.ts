/** What must hold for every system of the flake, whatever its modules come to say. */
import { z } from "zod";
import type { Pair } from "#core/catalog/pairs.ts";

export const report = z.object({
  /** What the modules have set, by the option's path; submodules are whole values. */
  options: z.record(z.string(), z.unknown()),
  declared: z.array(z.object({ name: z.string(), isComplete: z.boolean() })),
  failedAssertions: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type Report = z.infer<typeof report>;

/** A rule names what is amiss: one line each, none if all is well. */
type Rule = (system: Report, pair: Pair) => string[];

/** What an option was set to, also where it is part of a submodule that was set. */
function settingOf(options: Record<string, unknown>, path: string): unknown {
  if (path in options) return options[path];
  const names = path.split(".");
  const ends = names.map((_, end) => end).reverse();
  const end = ends.find((it) => names.slice(0, it).join(".") in options);
  return end
    ? settingOf(Object(options[names.slice(0, end).join(".")]), names.slice(end).join("."))
    : undefined;
}

const isOn = ({ options }: Report, option: string) => settingOf(options, `${option}.enable`) === true;
const unless = (holds: boolean, problem: string) => (holds ? [] : [problem]);

const mount = z.object({ device: z.string(), fsType: z.string(), options: z.array(z.string()).nullish() });
const mountsOf = ({ options }: Report) => z.record(z.string(), mount).parse(options.fileSystems);

const SUBVOLUMES = {
  "@": "/",
  "@home": "/home",
  "@nix": "/nix",
  "@log": "/var/log",
  "@snapshots": "/.snapshots",
};

const wholeLayout: Rule = (system) => {
  const mounts = mountsOf(system);
  const wrong = Object.entries(SUBVOLUMES).flatMap(([subvolume, path]) => {
    const options = mounts[path]?.options ?? [];
    return [`subvol=${subvolume}`, "compress=zstd", "noatime"]
      .filter((option) => !options.includes(option))
      .map((option) => `${path} is mounted without ${option}`);
  });
  const onBtrfs = Object.values(mounts).filter(({ fsType }) => fsType === "btrfs");
  return [
    ...wrong,
    ...unless(onBtrfs.length === Object.keys(SUBVOLUMES).length, "other Btrfs mounts than the five"),
    ...unless(mounts["/boot"]?.fsType === "vfat", "no ESP on /boot"),
  ];
};

const layout: Rule = (system, pair) => {
  if (pair.host.medium === "stick") return wholeLayout(system, pair);
  const root = mountsOf(system)["/"]?.device;
  return unless(root === "/dev/disk/by-label/NIXOS_SD", `the image's own root is ${root}`);
};

const DISPLAY_MANAGER =
  /^services\.(xserver\.)?displayManager\.\w+\.enable$|^services\.(greetd|cage)\.enable$/;

const displays: Rule = (system, { role }) => {
  const found = Object.keys(system.options)
    .filter((option) => DISPLAY_MANAGER.test(option) && !option.includes("autoLogin"))
    .filter((option) => system.options[option] === true);
  const isDesktop = role.desktop.endsWith("XFCE");
  return [
    ...unless(found.length <= 1, `several programs want the screen: ${found.join(", ")}`),
    ...["services.xserver", "services.xserver.desktopManager.xfce", "services.picom"].flatMap((option) =>
      unless(isOn(system, option) === isDesktop, `${option} with ${role.desktop}`),
    ),
    ...unless(
      isOn(system, "services.cage") === (role.desktop === "locked display"),
      "cage is for locked displays",
    ),
  ];
};

const bootLoader: Rule = (system, { host }) => {
  const isCard = host.medium === "card";
  return [
    ...unless(isOn(system, "boot.loader.systemd-boot") !== isCard, `systemd-boot on ${host.name}`),
    ...unless(isOn(system, "boot.loader.generic-extlinux-compatible") === isCard, `extlinux on ${host.name}`),
    ...unless(!isOn(system, "boot.loader.grub"), "GRUB beside it"),
  ];
};

const power: Rule = (system, { host }) =>
  unless(
    isOn(system, "services.tlp") === host.battery,
    `TLP ${host.battery ? "lacks" : "without a battery"}`,
  );

const sshd = z.object({
  PasswordAuthentication: z.literal(false),
  KbdInteractiveAuthentication: z.literal(false),
  PermitRootLogin: z.literal("forced-commands-only"),
});
const access: Rule = (system) => [
  ...unless(isOn(system, "services.openssh"), "nobody gets in"),
  ...unless(sshd.safeParse(system.options["services.openssh.settings"]).success, "not by key alone"),
  ...unless(system.options["networking.firewall.enable"] !== false, "no firewall"),
];

const SERVICES: Record<string, string> = {
  SSH: "services.openssh",
  "SSH (admin only)": "services.openssh",
  Syncthing: "services.syncthing",
  monitoring: "services.prometheus.exporters.node",
  NAT: "networking.nat",
  Ollama: "services.ollama",
  "fleet API": "services.floppy-fleet",
  "llama.cpp": "services.llama-cpp",
};
const UNITS: Record<string, RegExp> = { "servo bus": /servo/, camera: /camera/, TTS: /speech|tts/ };

const services: Rule = (system, { role }) =>
  role.services.flatMap((service) => {
    const option = SERVICES[service];
    if (option) return unless(isOn(system, option), `${service} is off`);
    if (service === "WireGuard")
      return unless("networking.wireguard.interfaces" in system.options, "no WireGuard");
    const unit = UNITS[service];
    const units = Object.keys(Object(system.options["systemd.services"]));
    return unit
      ? unless(
          units.some((name) => unit.test(name)),
          `no unit for ${service}`,
        )
      : [];
  });

const SECRET_FIELD =
  /^(password|hashedPassword|initialPassword|initialHashedPassword|privateKey|presharedKey|psk|pskRaw)$/;
const SECRET_TEXT = /PRIVATE KEY-----|(?<![A-Za-z0-9+/-])[A-Za-z0-9+/]{43}=|\$(y|6|2b)\$|AGE-SECRET-KEY-/;

const LOCKED = "!";

/** Whatever a module sets may be read by everyone who can read the store. */
export function findSecrets(value: unknown, path = ""): string[] {
  if (typeof value === "string") return SECRET_TEXT.test(value) ? [`${path} holds a secret`] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const isSecret = SECRET_FIELD.test(key) && typeof inner === "string" && inner !== LOCKED;
    return isSecret ? [`${path}.${key} is a secret`] : findSecrets(inner, `${path}.${key}`);
  });
}

export const rules: Record<string, Rule> = {
  "knows its own host and role": ({ options }, { host, role }) =>
    unless(options["floppy.host"] === host.name && options["floppy.role"] === role.name, "is another system"),
  "asserts nothing that fails, and warns of nothing": (system) => [
    ...system.failedAssertions,
    ...system.warnings,
  ],
  "has one boot loader, the one its machine can use": bootLoader,
  "has its disk laid out as it is to be": layout,
  "saves power only where there is a battery": power,
  "has a desktop only in a desktop role, and one program that owns the screen": displays,
  "is reached over SSH, by key alone": access,
  "runs what the catalog promises": services,
  "sets no secret, which would end in the store": ({ options }) => findSecrets(options),
  "says of each option of its own what it is, its type and its default": ({ declared }) =>
    declared.filter(({ isComplete }) => !isComplete).map(({ name }) => name),
};
