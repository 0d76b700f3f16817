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
      # With the frequency drivers of today's Intel and AMD processors both of these follow the load, and
      # lean to speed or to the battery. On an AMD processor from before 2019, say schedutil.
      CPU_SCALING_GOVERNOR_ON_AC = lib.mkDefault "performance";
      CPU_SCALING_GOVERNOR_ON_BAT = lib.mkDefault "powersave";
      CPU_ENERGY_PERF_POLICY_ON_BAT = lib.mkDefault "balance_power";
    };
  };

  # 25.11: services.logind.settings.Login.HandleLidSwitch and so on.
  services.logind = {
    lidSwitch = lib.mkDefault whenClosed;
    lidSwitchExternalPower = lib.mkDefault "ignore";
    lidSwitchDocked = lib.mkDefault "ignore";
    powerKey = lib.mkDefault "poweroff";
  };
}
