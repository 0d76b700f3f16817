# The `floppy` command of a device: the scripts, what they call, and what this system tells them.
{ writeShellApplication
, bash
, btrfs-progs
, coreutils
, curl
, diffutils
, gawk
, gnugrep
, gnused
, iproute2
, jq
, mtools
, nix
, openssh
, qrencode
, systemd
, util-linux
, environment ? { }
}:
writeShellApplication {
  name = "floppy";
  runtimeInputs = [
    bash
    btrfs-progs
    coreutils
    curl
    diffutils
    gawk
    gnugrep
    gnused
    iproute2
    jq
    mtools
    nix
    openssh
    qrencode
    systemd
    util-linux
  ];
  runtimeEnv = environment;
  text = ''exec bash ${../scripts}/floppy.sh "$@"'';
}
