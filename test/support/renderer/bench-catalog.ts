import type { Catalog, Host, Role } from "#contract/catalog.ts";

const hosts: Host[] = [
  {
    name: "dell",
    label: "Dell laptop",
    system: "x86_64-linux",
    prefix: "DEL",
    medium: "stick",
    battery: true,
  },
  {
    name: "generic",
    label: "Generic PC",
    system: "x86_64-linux",
    prefix: "GEN",
    medium: "stick",
    battery: false,
  },
  {
    name: "raspberry",
    label: "Raspberry Pi",
    system: "aarch64-linux",
    prefix: "RPI",
    medium: "card",
    battery: false,
  },
  {
    name: "reterminal",
    label: "reTerminal",
    system: "aarch64-linux",
    prefix: "RET",
    medium: "card",
    battery: false,
  },
];

const noScreen = { raspberry: "Needs a screen; this host has none." };

function role(name: string, purpose: string, desktop: string, hardware: string, services: string[]): Role {
  return { name, purpose, desktop, hardware, services, refuses: {} };
}

const roles: Role[] = [
  role("dev", "Developer workstation", "XFCE", "Laptops, desktops", ["SSH", "Syncthing"]),
  role("node", "Infrastructure node", "headless", "Any", ["SSH", "WireGuard", "monitoring"]),
  role("minimal", "Bare minimum", "XFCE", "Any", ["SSH"]),
  role("lab", "Experimentation", "XFCE", "Laptops, desktops", ["SSH", "Syncthing", "WireGuard"]),
  role("kiosk", "Single-purpose display", "locked", "Any with a screen", ["SSH (admin only)"]),
  {
    ...role("proxy", "VPN exit node", "headless", "Desktops, servers", ["SSH", "WireGuard", "NAT"]),
    refuses: { raspberry: "For desktops and servers only." },
  },
  role("ai", "AI inference", "headless", "Pi 5, Jetson, desktops", ["SSH", "llama.cpp"]),
  role("robot", "Robot controller", "headless", "Pi 4 + HIWONDER", ["SSH", "servo bus", "camera", "TTS"]),
  role("mainframe", "AI hub and model host", "headless", "Pi 5, servers", ["SSH", "Ollama", "fleet API"]),
  {
    ...role("terminal", "Display dashboard", "locked", "Seeed reTerminal", ["SSH", "LCD"]),
    refuses: noScreen,
  },
];

export const catalog: Catalog = { hosts, roles };
