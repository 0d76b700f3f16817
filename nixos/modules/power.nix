# For hosts that may run on a battery.
{ config, lib, ... }:
let
  # A server that happens to be a laptop goes on with its lid closed.
  whenClosed = if config.services.xserver.enable then "suspend" else "ignore";
in
{
  services.tlp = {
    enable = true;
    settings = {
      CPU_SCALING_GOVERNOR_ON_AC = lib.mkDefault "performance";
      CPU_SCALING_GOVERNOR_ON_BAT = lib.mkDefault "powersave";
      CPU_ENERGY_PERF_POLICY_ON_BAT = lib.mkDefault "balance_power";
    };
  };
  # A second hand on the same switches.
  services.power-profiles-daemon.enable = false;

  # 25.11: services.logind.settings.Login.HandleLidSwitch and so on.
  services.logind = {
    lidSwitch = lib.mkDefault whenClosed;
    lidSwitchExternalPower = lib.mkDefault "ignore";
    lidSwitchDocked = lib.mkDefault "ignore";
    powerKey = lib.mkDefault "poweroff";
  };
}
