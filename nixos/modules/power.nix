# For hosts that may run on a battery.
{
  services.tlp.enable = true;
  services.logind.lidSwitch = "suspend";
  services.logind.lidSwitchExternalPower = "lock";
}
