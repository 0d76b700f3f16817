# What only a whole machine can show, in virtual ones: `nix flake check`. It takes a computer with KVM, and
# internet or a binary cache.
{ pkgs, home-manager, installer }:
{
  identity = import ./identity.nix { inherit pkgs home-manager; };
  installer = import ./installer.nix { inherit pkgs installer; };
}
