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
      targets = import ./targets.nix catalog;
      onCards = lib.filter (target: target.host.medium == "card") targets;
      modulesOf = import ./compose.nix { inherit lib home-manager; };

      attributes = of: list: lib.listToAttrs (map (target: lib.nameValuePair target.name (of target)) list);
      # Without lib, so that the catalog can be asked for before nixpkgs is there: nix looks into packages first.
      forSystems = of: builtins.listToAttrs
        (map ({ system, ... }: { name = system; value = of system; }) catalog.hosts);
      modulesIn = kind: list: lib.listToAttrs
        (map ({ name, ... }: lib.nameValuePair "${kind}-${name}" (./. + "/${kind}s/${name}.nix")) list);
      revision = { system.configurationRevision = self.rev or self.dirtyRev or null; };

      systemOf = target: lib.nixosSystem {
        inherit (target.host) system;
        modules = modulesOf target ++ [ revision ];
      };
      cardOf = target: self.nixosConfigurations.${target.name}.config.system.build.sdImage;
      installer = lib.nixosSystem {
        system = "x86_64-linux";
        modules = [
          ./images/installer.nix
          revision
          # With them the flake on the stick evaluates without internet.
          { floppy.installer.sources = [ nixpkgs.outPath home-manager.outPath ]; }
        ];
      };
    in
    {
      floppy = {
        inherit catalog;
        layout = import ./layout.nix;
      };
      nixosConfigurations = attributes systemOf targets;
      images = attributes cardOf onCards // {
        installer-x86_64 = installer.config.system.build.isoImage;
      };
      # For a flake of one's own: `default` for every system, then a host, a role and what they call for.
      nixosModules = {
        default = ./modules;
        boot = ./modules/boot.nix;
        desktop = ./modules/desktop.nix;
        filesystem = ./modules/filesystem.nix;
        snapshots = ./modules/snapshots.nix;
        power = ./modules/power.nix;
        sd-card = ./images/sd-card.nix;
      } // modulesIn "host" catalog.hosts // modulesIn "role" catalog.roles;

      packages = forSystems (system: {
        floppy-device = nixpkgs.legacyPackages.${system}.callPackage ./packages/floppy-device.nix { };
        floppy-fleet = nixpkgs.legacyPackages.${system}.callPackage ./packages/floppy-fleet { };
      });
      checks.x86_64-linux = import ./checks {
        inherit home-manager installer;
        pkgs = nixpkgs.legacyPackages.x86_64-linux;
      };
      formatter = forSystems (system: nixpkgs.legacyPackages.${system}.nixpkgs-fmt);
    };
}
