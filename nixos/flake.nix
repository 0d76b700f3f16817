{
  description = "Floppy.WTF — Deterministic device provisioning";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-24.11";
    home-manager = {
      url = "github:nix-community/home-manager/release-24.11";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs = { self, nixpkgs, home-manager, ... }:
    let
      inherit (nixpkgs) lib;
      catalog = import ./catalog.nix;

      # Every pair that no refusal rules out, named as devices name it: host-role.
      targets = lib.concatMap
        (host: map
          (role: { name = "${host.name}-${role.name}"; inherit host role; })
          (lib.filter (role: !(role.refuses ? ${host.name})) catalog.roles))
        catalog.hosts;
      onCards = lib.filter (target: target.host.medium == "card") targets;

      systemOf = { host, role, ... }: lib.nixosSystem {
        inherit (host) system;
        specialArgs = { inherit host role; };
        modules = [
          home-manager.nixosModules.home-manager
          ./modules/base.nix
          ./modules/desktop.nix
          (if host.medium == "card" then ./images/sd-card.nix else ./modules/filesystem.nix)
        ] ++ lib.optional host.battery ./modules/power.nix;
      };
      installer = system: lib.nixosSystem {
        inherit system;
        modules = [ ./images/installer.nix ];
      };
      attributes = of: list: lib.listToAttrs (map (target: lib.nameValuePair target.name (of target)) list);
    in
    {
      floppy.catalog = catalog;
      nixosConfigurations = attributes systemOf targets;
      images = attributes
        (target: self.nixosConfigurations.${target.name}.config.system.build.sdImage)
        onCards // {
        installer-x86_64 = (installer "x86_64-linux").config.system.build.isoImage;
      };
    };
}
