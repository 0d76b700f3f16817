# A device takes its identity over at its first boot, keeps it over a power cut, and leaves no secret on the card.
{ pkgs, home-manager }:
let
  medium = import ./medium.nix {
    inherit pkgs;
    label = "FIRMWARE";
    serial = "FLOPPY-RPI-00001";
    host = "raspberry";
    role = "node";
  };
  ssh = "ssh -i /root/owner -o UserKnownHostsFile=${medium}/known_hosts -o HostKeyAlias=device"
    + " -o StrictHostKeyChecking=yes -o BatchMode=yes jeremy@localhost";
in
pkgs.testers.runNixOSTest {
  name = "floppy-identity";

  nodes.machine = { lib, ... }: {
    imports = [ home-manager.nixosModules.home-manager ../modules ];
    floppy = {
      host = "raspberry";
      role = "node";
      # The machine of a check boots from elsewhere: its card is a disk beside it.
      identity.bootMount = "/card";
    };
    virtualisation.emptyDiskImages = [ 64 ];
    virtualisation.fileSystems."/card" = {
      device = "/dev/vdb2";
      fsType = "ext4";
      options = [ "nofail" "x-systemd.device-timeout=5s" ];
    };
    systemd.services.floppy-identity.after = [ "card.mount" ];
    environment.systemPackages = [ pkgs.jq pkgs.mtools ];
  };

  testScript = ''
    machine.wait_for_unit("multi-user.target")

    with subtest("a card is put in, the power goes"):
        machine.succeed(
            "printf '2048,32768,c\n34816,,83\n' | sfdisk /dev/vdb",
            "dd if=${medium}/partition of=/dev/vdb1 conv=fsync",
            "mkfs.ext4 -q /dev/vdb2",
            "sync",
        )
        machine.crash()

    def is_the_device():
        machine.wait_for_unit("floppy-identity.service")
        machine.wait_for_unit("sshd.service")
        machine.succeed("test $(hostname) = floppy-rpi-00001")
        machine.succeed("jq -e '.serial == \"FLOPPY-RPI-00001\" and .wifi == null' /etc/floppy/device.json")
        machine.succeed("install -m 600 ${medium}/owner /root/owner")
        assert "floppy-rpi-00001" in machine.succeed("${ssh} hostname")

    with subtest("the first boot takes the identity over"):
        machine.start()
        is_the_device()
        machine.succeed("avahi-browse -rtp _ssh._tcp | grep FLOPPY-RPI-00001")

    with subtest("the card keeps no secret"):
        machine.fail("mtype -i /dev/vdb1 ::floppy/ssh_host_ed25519_key")
        machine.fail("grep -a -q -e 'OPENSSH PRIVATE KEY' -e 'correct horse' /dev/vdb1")

    with subtest("a power cut later it is still the same device"):
        machine.crash()
        machine.start()
        is_the_device()
  '';
}
