import { Command, Option } from "commander";
import type { Context } from "./context.ts";
import { describeExitCodes } from "./exit-codes.ts";

const DRIVE = ["--drive <drive>", "the drive to erase: its path, by-id name or serial"] as const;
const DRIVES = ["--drive <drive>", `${DRIVE[1]}; with --batch, once for each card`] as const;
const THE_DRIVE = ["<drive>", "its path, by-id name or serial, as `floppy drives` shows them"] as const;
const YES = ["--yes", "agree to erase the drive named by --drive, without being asked"] as const;
const ADDRESS = ["--address <address>", "where the booted machine is, if it is not found by itself"] as const;
const DISK = ["--disk <disk>", "the machine's disk to erase: its serial, by-id name or path"] as const;
const BUILD_PLACE = ["here", "target"] as const;
const PHASES = ["--phases <names>", "only these phases, as reach,plan; the run is paused then"] as const;
const PLAN = ["--plan", "show what would be done to the machine, and stop before it is"] as const;
const IMAGE = [
  "--image <file>",
  "use this image instead of building one; `download` is the manifest's",
] as const;
const JSON_LINES = ["--json", "one JSON object a line; the last one is the result or the error"] as const;
const VERBOSE = ["--verbose", "where something fails, all that is known of it"] as const;
const ROLE = "what the device is for; `floppy catalog` lists the roles";

function buildPlace(): Option {
  return new Option("--build <place>", "where the system is built").choices(BUILD_PLACE).default("here");
}

/** The commands and their options. What they do is loaded when it is asked for, so that --help is prompt. */
export function createProgram(context: Context, version: string): Command {
  const program = new Command("floppy")
    .description("Turns a blank card, stick or laptop into a known NixOS device.")
    .version(version)
    .exitOverride()
    // `provision` and its subcommands share option names; each takes those after its own name.
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => context.terminal.stdout.write(text),
      writeErr: (text) => context.terminal.stderr.write(text),
      outputError: () => undefined,
    })
    .addHelpText("after", () => `\n${describeExitCodes()}`);

  const provision = program
    .command("provision")
    .description("make a device: write its medium, install it from a stick; or only flash, or only build")
    .enablePositionalOptions()
    .argument("<serial>", "the device's serial, as FLOPPY-RPI-00001")
    .option("--role <role>", `${ROLE}; default: the role it has in the inventory`)
    .option(...DRIVES, (drive: string, others: string[] = []) => [...others, drive])
    .option(
      "--batch",
      "write several cards at once: the serials from this one on, in the order of the drives",
    )
    .option(...IMAGE)
    .option(...ADDRESS)
    .option(...DISK)
    .addOption(buildPlace())
    .option(...PHASES)
    .option(...PLAN)
    .option(...YES)
    .option(...JSON_LINES)
    .action(async (serial, { batch, ...options }) =>
      batch
        ? (await import("./commands/provision-batch.ts")).provisionBatch(context, serial, options)
        : (await import("./commands/provision.ts")).provision(context, serial, options),
    );
  provision
    .command("flash")
    .description("write an image as it is: no identity on it, no device in the inventory")
    .requiredOption("--image <file>", "the image: raw, .zst, .gz, .xz, .bz2 or .zip")
    .option("--anyway", "write it though it holds neither a partition table nor a file system")
    .option(...DRIVE)
    .option(...YES)
    .option(...JSON_LINES)
    .action(async (options) => (await import("./commands/flash.ts")).flash(context, options));
  provision
    .command("build-sd")
    .description("build a target's image and print its path")
    .requiredOption("--target <target>", "HOST-ROLE, as raspberry-mainframe")
    .option(...JSON_LINES)
    .action(async (options) => (await import("./commands/build-sd.ts")).buildSd(context, options.target));

  program
    .command("follow")
    .description("join a device's run, or go on with it behind its stick")
    .argument("<serial>", "the device's serial, as FLOPPY-DEL-00001")
    .option(...ADDRESS)
    .option(...DISK)
    .addOption(buildPlace())
    .option(...PHASES)
    .option(...PLAN)
    .option("--yes", "agree to erase the disk named by --disk, without being asked")
    .option(...JSON_LINES)
    .action(async (serial, options) =>
      (await import("./commands/follow.ts")).follow(context, serial, options),
    );
  program
    .command("log")
    .description("show the log of a device's last run")
    .argument("<serial>")
    .option("--output <file>", "write it to a file")
    .option("--force", "replace the file if it is there already")
    .option(...JSON_LINES)
    .action(async (serial, options) => (await import("./commands/follow.ts")).log(context, serial, options));
  addDrives(program, context);

  program
    .command("install-writer")
    .description("install the writer where root may run it from; once for each version, with sudo")
    .option(...JSON_LINES)
    .action(async () => (await import("./commands/install-writer.ts")).installWriter(context));

  const devices = program.command("devices").description("the inventory");
  devices
    .command("list")
    .description("list all devices and where they stand")
    .option(...JSON_LINES)
    .action(async () => (await import("./commands/devices.ts")).listDevices(context));
  devices
    .command("show")
    .description("show one device and its runs")
    .argument("<serial>")
    .option(...JSON_LINES)
    .action(async (serial) => (await import("./commands/devices.ts")).showDevice(context, serial));
  devices
    .command("add")
    .description("add a device, or give it a role")
    .argument("<serial>")
    .option("--role <role>", ROLE)
    .option(...JSON_LINES)
    .action(async (serial, options) =>
      (await import("./commands/devices.ts")).addDevice(context, serial, options.role),
    );

  devices
    .command("remove")
    .description("remove a device and the history of its runs; its medium stays as it is")
    .argument("<serial>")
    .option("--yes", "agree to it without being asked")
    .option(...JSON_LINES)
    .action(async (serial, options) =>
      (await import("./commands/devices.ts")).removeDevice(context, serial, options.yes === true),
    );

  program
    .command("catalog")
    .description("list hosts and roles, and which go together")
    .option(...JSON_LINES)
    .action(async () => (await import("./commands/catalog.ts")).catalog(context));
  addImages(program, context);
  program
    .command("practice")
    .description("show the whole job on a practice drive, which is removed again")
    .argument("[serial]", "a serial to practise with", "FLOPPY-RPI-00000")
    .option("--role <role>", `${ROLE} (default: the first that suits)`)
    .option("--build", "build the image with nix, instead of making a small one here")
    .addOption(new Option("--image <file>", IMAGE[1]).conflicts("build"))
    .option(...JSON_LINES)
    .action(async (serial, options) =>
      (await import("./commands/practice.ts")).practice(context, serial, options),
    );
  for (const command of commandsOf(program)) command.option(...VERBOSE);
  return program;
}

function commandsOf(command: Command): Command[] {
  return command.commands.flatMap((inner) => [inner, ...commandsOf(inner)]);
}

function addImages(program: Command, context: Context): void {
  const images = program
    .command("images")
    .description("list the images of the manifest that is set in Settings; or publish your own")
    .enablePositionalOptions()
    .option(
      "--go-back-to <serial>",
      "take the older manifest with this serial, though a later one was seen: only if that is meant",
    )
    .option(...JSON_LINES)
    .action(async (options) => (await import("./commands/images.ts")).images(context, options));
  images
    .command("publish")
    .description("read all images of a folder and write their manifest, for benches that download them")
    .argument("<folder>", "with files named after their targets, as raspberry-robot.img.zst")
    .requiredOption("--url <address>", "where the folder will be served, as https://images.example.org/")
    .option("--built-from <revision>", "the flake's revision that they were built from")
    .option(
      "--serial <number>",
      "benches take none that is less than one they saw with its key (default: the seconds since 1970, or one more than in the manifest that is there)",
    )
    .option(
      "--expires <days>",
      "after so many days benches refuse it, until it is published anew (default: 90)",
    )
    .option(...JSON_LINES)
    .action(async (folder, options) =>
      (await import("./commands/publish.ts")).publish(context, folder, options),
    );
}

function addDrives(program: Command, context: Context): void {
  const tools = () => import("./commands/drive-tools.ts");
  const drives = program
    .command("drives")
    .description("list the drives that may be written; or test, save or restore one")
    .enablePositionalOptions()
    .option(...JSON_LINES)
    .action(async () => (await import("./commands/drives.ts")).drives(context));
  drives
    .command("test")
    .description("look whether a drive holds what it says; what is on it stays")
    .argument(...THE_DRIVE)
    .option("--full", "write all of it and read it back: slow, and erases it")
    .option("--yes", "agree that --full erases the drive, without being asked")
    .option(...JSON_LINES)
    .action(async (drive, options) => (await tools()).testDrive(context, drive, options));
  drives
    .command("save")
    .description("read a drive into an image file: packed as .zst, or raw")
    .argument(...THE_DRIVE)
    .argument("<file>", "the image to make")
    .option("--used", "only up to the end of the last partition")
    .option("--force", "replace the file if it is there already, without being asked")
    .option(...JSON_LINES)
    .action(async (drive, file, options) => (await tools()).saveDrive(context, drive, file, options));
  drives
    .command("restore")
    .description("make a drive an empty, usable one again: one partition that every system reads")
    .argument(...THE_DRIVE)
    .option("--label <label>", "its name, up to eleven letters and digits", "FLOPPY")
    .option("--yes", "agree to erase the drive, without being asked")
    .option(...JSON_LINES)
    .action(async (drive, options) => (await tools()).restoreDrive(context, drive, options));
}
