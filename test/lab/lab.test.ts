import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Ended, hostname, type LabBench, labBench, serial, usedDisk } from "./bench.ts";
import { type LabNix, labNix } from "./nix.ts";
import { restoreTarget, type Snapshot, startTarget, type Target } from "./target.ts";

let bench: LabBench;
let nix: LabNix;
let booted: Snapshot;
let target: Target;

/** The stick is booted once; every test begins with the machine as it was then. */
beforeAll(async () => {
  bench = await labBench();
  nix = await labNix();
  const disk = await usedDisk(join(bench.folder, "disk.img"), 8);
  const second = await usedDisk(join(bench.folder, "second.img"), 4);
  const machine = await startTarget({
    stick: bench.stick,
    disks: [
      { path: disk, bus: "ahci", serial: "LAB-0001", model: "Lab Disk" },
      { path: second, bus: "usb", serial: "LAB-0002", model: "Lab Disk" },
    ],
  });
  await bench.reach(machine);
  booted = await machine.save();
}, 600_000);
afterAll(async () => {
  await booted?.remove();
  await nix?.remove();
  await bench?.remove();
});
beforeEach(async () => {
  target = await restoreTarget(booted);
});
afterEach(() => target.stop());

const run = (command: string, options?: { user?: string; key?: string }): Promise<Ended> =>
  bench.ssh(target, command, options);

async function succeed(command: string, options?: { user?: string }): Promise<string> {
  const { exitCode, stdout, stderr } = await run(command, options);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return stdout;
}

const layOut = `set -e
disk=/dev/disk/by-id/ata-Lab_Disk_LAB-0001 root=/dev/disk/by-partlabel/floppy-root
wipefs --all --quiet $disk-part* && wipefs --all --quiet $disk
sfdisk --quiet --wipe always $disk <<TABLE
label: gpt
size=512MiB, type=uefi, name=floppy-esp
type=linux, name=floppy-root
TABLE
udevadm settle
mkfs.fat -F 32 -n FLOPPY-ESP /dev/disk/by-partlabel/floppy-esp >/dev/null
mkfs.btrfs --quiet --label floppy-root $root
mkdir -p /mnt && mount $root /mnt
for name in @ @home @nix @log @snapshots; do btrfs subvolume create /mnt/$name >/dev/null; done
umount /mnt
options=compress=zstd,noatime
mount --options subvol=@,$options $root /mnt
for pair in @home:/home @nix:/nix @log:/var/log @snapshots:/.snapshots; do
  mount --mkdir --options subvol=\${pair%%:*},$options $root /mnt\${pair#*:}
done
mount --mkdir --options umask=0077 /dev/disk/by-partlabel/floppy-esp /mnt/boot`;

describe("the stick, booted by UEFI", () => {
  test("lets in whoever has its key, by the host key that it brought, and nobody else", async () => {
    expect(JSON.parse(await succeed("cat /etc/floppy/device.json"))).toMatchObject({ serial, hostname });
    expect(
      await succeed("hostname; . /etc/os-release; echo $VARIANT_ID; ls /sys/firmware/efi/efivars | wc -l"),
    ).toMatch(new RegExp(`^${hostname}\ninstaller\n[1-9]`));
    expect(await run("true", { key: "stranger" })).toMatchObject({
      exitCode: 255,
      stderr: expect.stringContaining("Permission denied"),
    });
  });

  test("announces itself, and runs whole in 1.5 GiB", async () => {
    expect(await succeed("cat /etc/avahi/services/floppy.service")).toContain("system=installer");
    expect(await succeed("systemctl is-active avahi-daemon sshd floppy-screen")).toBe(
      "active\nactive\nactive",
    );
    expect(await succeed("systemctl list-units --state=failed --plain --no-legend")).toBe("");
    expect(Number(await succeed("awk '/^MemAvailable/ {print $2}' /proc/meminfo"))).toBeGreaterThan(
      1_000_000,
    );
  });

  test("shows what is on the disks", async () => {
    const { blockdevices } = JSON.parse(await succeed("lsblk --json --output NAME,FSTYPE,SERIAL,RM,TRAN"));
    const of = (wanted: string) => blockdevices.find((disk: { serial: string }) => disk.serial === wanted);
    const disk = of("LAB-0001");
    expect(disk).toMatchObject({ tran: "sata", rm: false });
    expect(disk.children.map(({ fstype }: { fstype: string }) => fstype)).toEqual([
      "vfat",
      "ntfs",
      "crypto_LUKS",
    ]);
    expect(of("LAB-0002")).toMatchObject({ tran: "usb", rm: false });
    expect(of("4C530001230716117205")).toMatchObject({ tran: "usb", rm: true });
  });
});

describe("hands on the machine", () => {
  test("a cut cable silences it, and it goes on where it was", async () => {
    const command = run("touch /run/begun; sleep 3; echo done");
    await succeed("until [ -e /run/begun ]; do sleep 0.1; done");
    await target.network("down");
    expect(await run("true")).toMatchObject({ exitCode: 255 });
    await target.network("up");
    expect(await command).toMatchObject({ exitCode: 0, stdout: "done" });
  });

  test("a disk is pulled, and plugged in again", async () => {
    const present = "test -e /dev/disk/by-id/usb-*LAB-0002*-0:0 && echo here || echo gone";
    expect(await succeed(present)).toBe("here");
    await target.pullDisk(1);
    await expect.poll(() => succeed(present), { timeout: 20_000 }).toBe("gone");
    await target.plugDisk(1);
    await expect.poll(() => succeed(present), { timeout: 20_000 }).toBe("here");
  });
});

describe("the stand-ins", () => {
  test("know the options of the real ones, and no other", async () => {
    expect(await run("nixos-install --log-format internal-json")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("unknown option"),
    });
    expect(await run("nixos-install --flake /etc/floppy/nixos", {})).toMatchObject({ exitCode: 1 });
    const shown = await succeed("nixos-generate-config --no-filesystems --show-hardware-config");
    expect(shown).toContain("boot.initrd.availableKernelModules");
    expect(shown).not.toContain("fileSystems");
  });

  test("install what was built on the machine, and on demand say nothing of a boot loader that is missing", async () => {
    await succeed(layOut);
    await succeed("mkdir -p /mnt/etc/floppy /run/floppy-lab && cp -rL /etc/floppy/nixos /mnt/etc/floppy");
    await succeed("echo bootloader >/run/floppy-lab/fault");
    const install = "nixos-install --flake /mnt/etc/floppy/nixos#dell-dev --no-root-passwd --no-channel-copy";
    const quiet = await run(install);
    expect(quiet).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("installation finished!") });
    expect(await succeed("ls /mnt/boot")).toBe("");
    // Built on the machine or on the bench, it is the same system.
    expect(await succeed("readlink -f /mnt/nix/var/nix/profiles/system-1-link")).toBe(
      await nix.system("dell-dev"),
    );
  });
});
