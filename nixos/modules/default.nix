# What every device has.
{
  imports = [
    ./options.nix
    ./base.nix
    ./nix.nix
    ./ssh.nix
    ./user.nix
    ../theme
  ];
}
