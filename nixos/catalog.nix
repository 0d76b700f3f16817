# What Floppy can make: hosts (hardware profiles) and roles (what a device is for).
# Plain Nix without nixpkgs, so that it can be read at once and offline. A copy for
# machines without nix lies beside it: nix eval --json --file catalog.nix > catalog.json
let
  # Hosts that boot from what Floppy writes have a card; the others are installed from a stick.
  hosts = [
    {
      name = "raspberry";
      label = "Raspberry Pi";
      system = "aarch64-linux";
      prefix = "RPI";
      medium = "card";
      battery = false;
    }
    {
      name = "reterminal";
      label = "Seeed reTerminal";
      system = "aarch64-linux";
      prefix = "RET";
      medium = "card";
      battery = false;
    }
    {
      name = "dell";
      label = "Dell laptop or desktop";
      system = "x86_64-linux";
      prefix = "DEL";
      medium = "stick";
      battery = true;
    }
    {
      name = "generic";
      label = "Generic laptop or desktop";
      system = "x86_64-linux";
      prefix = "GEN";
      medium = "stick";
      battery = true;
    }
  ];

  smallScreen = "The reTerminal’s screen is too small for a desktop.";
  littleMemory = "A reTerminal has too little memory for models.";
  noServoBus = "Needs a Raspberry Pi with a HIWONDER board.";
  noPanel = "Needs a reTerminal screen.";
  notAServer = "Desktops and servers only.";

  # `refuses` maps a host to the reason why it cannot take the role; whatever is not named is allowed.
  roles = [
    {
      name = "robot";
      purpose = "Robot controller";
      desktop = "headless";
      services = [ "SSH" "servo bus" "camera" "TTS" ];
      hardware = "Pi 4 + HIWONDER";
      refuses = {
        reterminal = noServoBus;
        dell = noServoBus;
        generic = noServoBus;
      };
    }
    {
      name = "mainframe";
      purpose = "AI hub and model host";
      desktop = "headless";
      services = [ "SSH" "Ollama" "fleet API" ];
      hardware = "Pi 5, servers";
      refuses.reterminal = littleMemory;
    }
    {
      name = "ai";
      purpose = "AI inference";
      desktop = "headless";
      services = [ "SSH" "llama.cpp" ];
      hardware = "Pi 5, Jetson, desktops";
      refuses.reterminal = littleMemory;
    }
    {
      name = "dev";
      purpose = "Developer workstation";
      desktop = "XFCE";
      services = [ "SSH" "Syncthing" ];
      hardware = "Laptops, desktops";
      refuses.reterminal = smallScreen;
    }
    {
      name = "node";
      purpose = "Infrastructure node";
      desktop = "headless";
      services = [ "SSH" "WireGuard" "monitoring" ];
      hardware = "Any";
      refuses = { };
    }
    {
      name = "minimal";
      purpose = "Bare minimum";
      desktop = "minimal XFCE";
      services = [ "SSH" ];
      hardware = "Any";
      refuses = { };
    }
    {
      name = "lab";
      purpose = "Experimentation";
      desktop = "XFCE";
      services = [ "SSH" "Syncthing" "WireGuard" ];
      hardware = "Laptops, desktops";
      refuses.reterminal = smallScreen;
    }
    {
      name = "terminal";
      purpose = "Display dashboard";
      desktop = "locked display";
      services = [ "SSH" "e-paper/LCD" ];
      hardware = "Seeed reTerminal";
      refuses = {
        raspberry = noPanel;
        dell = noPanel;
        generic = noPanel;
      };
    }
    {
      name = "kiosk";
      purpose = "Single-purpose display";
      desktop = "locked display";
      services = [ "SSH (admin only)" ];
      hardware = "Any with a screen";
      refuses = { };
    }
    {
      name = "proxy";
      purpose = "VPN exit node";
      desktop = "headless";
      services = [ "SSH" "WireGuard" "NAT" ];
      hardware = "Desktops, servers";
      refuses = {
        raspberry = notAServer;
        reterminal = notAServer;
      };
    }
  ];
in
{
  inherit hosts roles;
}
