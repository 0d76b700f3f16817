# What every device has.
{
  imports = [
    ./options.nix
    ./base.nix
    ./confirm.nix
    ./device.nix
    ./identity.nix
    ./nix.nix
    ./ssh.nix
    ./status.nix
    ./user.nix
    ./verify.nix
    ../theme
  ];
}
