# The installer boots from a stick on a UEFI machine, and lets in whoever has the stick's key, as root, and nobody
# else. The medium is the one that is flashed, untouched, with the identity in a partition behind it.
{ pkgs, installer }:
let
  iso = installer.config.system.build.isoImage;
  medium = import ./medium.nix {
    inherit pkgs;
    label = "FLOPPY";
    serial = "FLOPPY-DEL-00001";
    host = "dell";
    role = "dev";
  };
in
pkgs.runCommand "floppy-installer-check"
{
  nativeBuildInputs = [ pkgs.openssh pkgs.qemu_test ];
  requiredSystemFeatures = [ "kvm" ];
  inherit iso medium;
  firmware = pkgs.OVMF.firmware;
  variables = pkgs.OVMF.variables;
} ''
  install -m 600 $medium/owner owner
  install -m 600 $variables variables
  bash ${./stick.sh} $iso/iso/*.iso $medium/partition stick

  qemu-system-x86_64 -machine q35,accel=kvm -cpu max -smp 2 -m 2048 -display none -serial file:console \
    -drive if=pflash,format=raw,readonly=on,file=$firmware -drive if=pflash,format=raw,file=variables \
    -device qemu-xhci -drive if=none,id=stick,format=raw,file=stick \
    -device usb-storage,drive=stick,removable=on,bootindex=1 \
    -nic user,model=virtio-net-pci,restrict=on,hostfwd=tcp:127.0.0.1:2222-:22 &
  trap "kill $!" EXIT

  options="-p 2222 -o UserKnownHostsFile=$medium/known_hosts -o HostKeyAlias=device -o StrictHostKeyChecking=yes"
  options="$options -o BatchMode=yes -o ConnectTimeout=5"
  for attempt in $(seq 60); do
    if ssh $options -i owner root@127.0.0.1 true; then break; fi
    sleep 5
  done
  ssh $options -i owner root@127.0.0.1 '
    set -ex
    grep FLOPPY-DEL-00001 /etc/floppy/device.json
    for tool in sfdisk mkfs.btrfs mkfs.vfat nixos-install zstd; do command -v $tool; done
  '

  ssh-keygen -q -t ed25519 -N "" -f stranger
  if ssh $options -i stranger root@127.0.0.1 true; then
    echo "A stranger's key was let in." >&2
    exit 1
  fi
  touch $out
''
