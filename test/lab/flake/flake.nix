{
  description = "Stand-in for Floppy's flake: the same targets, with systems of Debian's programs that boot";

  # Kernel, initial RAM disk and /usr. They lie in the store before, here and on the stick; flake.lock knows their
  # hash, so nothing is ever read from this path.
  inputs.debian = {
    url = "path:/floppy-lab";
    flake = false;
  };

  outputs = { debian, ... }:
    let
      catalog = import ./catalog.nix;
      layout = import ./layout.nix;
      targets = import ./targets.nix catalog;

      build = name: script: variables: derivation ({
        inherit name debian;
        system = "x86_64-linux";
        builder = "${debian}/busybox";
        args = [ "sh" "-eu" script ];
      } // variables);

      mounts = import ./mounts.nix layout;
      etcOf = target: build "etc" ./builders/etc.sh {
        inherit (mounts) fstab;
        common = ./common;
        own = ./installed;
        mounts = builtins.toJSON mounts.expected;
        target = target.name;
      };
      systemOf = target: build "nixos-system-${target.name}-24.11.lab" ./builders/toplevel.sh {
        etc = etcOf target;
        scripts = ./scripts;
        init = ./builders/init.sh;
        activate = ./builders/activate.sh;
        switch = ./builders/switch-to-configuration.sh;
        host = target.host.name;
        role = target.role.name;
        inherit (target.host) prefix;
        params = "console=ttyS0 mitigations=off loglevel=4 systemd.show_status=no";
      };
      attributes = of: builtins.listToAttrs (map (target: { inherit (target) name; value = of target; }) installed);
      installed = builtins.filter (target: target.host.medium == "stick") targets;
    in
    {
      floppy = { inherit catalog layout; };
      nixosConfigurations = attributes (target: { config.system.build.toplevel = systemOf target; });
    };
}
