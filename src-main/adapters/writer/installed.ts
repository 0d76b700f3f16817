import { createHash, randomUUID } from "node:crypto";
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { FloppyError } from "#contract/errors.ts";
import { shellQuote } from "#core/text/shell.ts";
import { foreignPart } from "./root-owned.ts";

/** Where a writer lies that root may run: a folder for each build, and what polkit says of it. */
export type Place = { library: string; policies: string };

export const rootsPlace: Place = {
  library: "/usr/local/lib/floppy",
  policies: "/usr/share/polkit-1/actions",
};
const POLICY = "wtf.floppy.writer.installed.policy";

/** The folder that holds a writer's bundle and its packages: of the bundle, and of the source. */
const programFolder = (script: string): string => dirname(dirname(dirname(script)));

/** All that a writer may load; what tools keep in hidden folders among the packages is none of it. */
export async function programParts(script: string): Promise<string[]> {
  const app = programFolder(script);
  const [own = ""] = relative(app, script).split("/");
  const packages = join(app, "node_modules");
  const names = (await readdir(packages).catch((): string[] => [])).filter((name) => !name.startsWith("."));
  return [join(app, "package.json"), join(app, own), ...names.map((name) => join(packages, name))];
}

/** A copy of this very build, that root may run, or null. Another build's is none. */
export async function installedWriter(
  [, script = ""]: string[],
  place = rootsPlace,
): Promise<string[] | null> {
  const build = await buildOf(programFolder(script));
  if (build === null) return null;
  const copy = writerIn(join(place.library, build));
  const isThere = await lstat(copy[1] ?? "").catch(() => null);
  return isThere === null ? null : copy;
}

function writerIn(folder: string): string[] {
  return [join(folder, "node"), join(folder, "app/out/main/writer.js")];
}

/**
 * Copies the writer to where root may run it from, under the name of its build; a copy that was broken off has no such
 * name. Older ones go once the new one is there.
 */
export async function installWriter([node = "", script = ""]: string[], place = rootsPlace): Promise<string> {
  if (process.geteuid?.() !== 0) throw notRoot();
  const app = programFolder(script);
  const build = await buildOf(app);
  if (build === null) throw notBuilt(app);
  const folder = join(place.library, build);
  const half = join(place.library, `.half-${randomUUID()}`);
  await mkdir(half, { recursive: true });
  try {
    await cp(node, join(half, "node"), { dereference: true });
    await copyProgram(app, join(half, "app"));
    await giveToRoot(half);
    await rm(folder, { recursive: true, force: true });
    await rename(half, folder);
  } finally {
    await rm(half, { recursive: true, force: true });
  }
  const foreign = await foreignPart([folder]);
  if (foreign !== null) throw placeIsForeign(foreign);
  await writePolicy(folder, place.policies);
  for (const other of await readdir(place.library))
    if (other !== build) await rm(join(place.library, other), { recursive: true, force: true });
  return folder;
}

/** How a person installs it, as a line for a shell. An AppImage is mounted for its user alone: root cannot read there. */
export function installCommand([node = "", script = ""]: string[], env: NodeJS.ProcessEnv): string {
  const { APPIMAGE, APPDIR } = env;
  const resources = "squashfs-root/resources";
  if (APPIMAGE && APPDIR && script.startsWith(`${APPDIR}/`)) {
    const unpack = `cd "$(mktemp -d)" && ${shellQuote([APPIMAGE, "--appimage-extract"])} >/dev/null`;
    return `${unpack} && sudo ${resources}/node ${resources}/app.asar.unpacked/out/main/cli.js install-writer`;
  }
  return shellQuote(["sudo", node, join(programFolder(script), "out/main/cli.js"), "install-writer"]);
}

/** What a build is known by: the bundle's names and bytes; null where nothing was built. */
async function buildOf(app: string): Promise<string | null> {
  const main = join(app, "out/main");
  const chunks = await readdir(join(main, "chunks")).catch((): string[] => []);
  const hash = createHash("sha256");
  try {
    for (const name of ["writer.js", ...chunks.toSorted().map((chunk) => join("chunks", chunk))]) {
      const content = await readFile(join(main, name));
      hash.update(`${name} ${content.length}\n`).update(content);
    }
  } catch {
    return null;
  }
  return hash.digest("hex").slice(0, 32);
}

async function copyProgram(app: string, to: string): Promise<void> {
  const paths = ["package.json", "out/main/writer.js", "out/main/chunks", ...(await packagesOf(app))];
  for (const path of paths) await cp(join(app, path), join(to, path), { recursive: true, dereference: true });
}

const packageManifest = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});

/** The folders of all packages that the program may load, as far as they are there. */
async function packagesOf(app: string): Promise<string[]> {
  const found = new Set<string>();
  const pending = [""];
  for (let from = pending.pop(); from !== undefined; from = pending.pop()) {
    const { dependencies, optionalDependencies } = packageManifest.parse(
      JSON.parse(await readFile(join(app, from, "package.json"), "utf8")),
    );
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const path = await nearestPackage(app, from, name);
      if (path === null || found.has(path)) continue;
      found.add(path);
      pending.push(path);
    }
  }
  // Those that lie in another one come with it.
  return [...found].filter((path) => ![...found].some((other) => path.startsWith(`${other}/`)));
}

/** As Node looks for it: in the packages of whoever asks, then in those of the folders above. */
async function nearestPackage(app: string, from: string, name: string): Promise<string | null> {
  const path = join(from, "node_modules", name);
  if (await lstat(join(app, path, "package.json")).catch(() => null)) return path;
  return from === "" ? null : nearestPackage(app, from.includes("/") ? dirname(from) : "", name);
}

/** Whatever rights the files had where they came from. */
async function giveToRoot(path: string): Promise<void> {
  const stats = await lstat(path);
  const isOpen = stats.isDirectory() || (stats.mode & 0o100) !== 0;
  await chmod(path, isOpen ? 0o755 : 0o644);
  if (stats.isDirectory()) for (const name of await readdir(path)) await giveToRoot(join(path, name));
}

/** So that the dialog names the drive; without polkit, or where it reads elsewhere, its own words are shown. */
async function writePolicy(folder: string, policies: string): Promise<void> {
  if ((await lstat(policies).catch(() => null)) === null) return;
  const [node = "", script = ""] = writerIn(folder);
  const half = join(policies, `.${randomUUID()}`);
  await writeFile(half, policyText("wtf.floppy.writer.installed", node, script), { mode: 0o644 });
  await chmod(half, 0o644);
  await rename(half, join(policies, POLICY));
}

/** One agreement, one drive: nothing is kept. The command line ends with what is done to which drive. */
export function policyText(action: string, node: string, script: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE policyconfig PUBLIC "-//freedesktop//DTD PolicyKit Policy Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/PolicyKit/1/policyconfig.dtd">
<policyconfig>
  <vendor>Floppy</vendor>
  <!-- The writer alone, where root owns it: any other script that this Node is given asks under pkexec's own action. -->
  <action id="${action}">
    <description>Write an image to a card or stick</description>
    <message>Floppy needs your password for the drive that you chose; the end of this line says what is done to which: $(command_line)</message>
    <icon_name>drive-removable-media</icon_name>
    <defaults>
      <allow_any>auth_admin</allow_any>
      <allow_inactive>auth_admin</allow_inactive>
      <allow_active>auth_admin</allow_active>
    </defaults>
    <annotate key="org.freedesktop.policykit.exec.path">${node}</annotate>
    <annotate key="org.freedesktop.policykit.exec.argv1">${script}</annotate>
  </action>
</policyconfig>
`;
}

function notRoot(): FloppyError {
  return new FloppyError(
    "WRITER_DENIED",
    "Only root may install the writer that root runs.",
    "Nothing was installed. Run the command with sudo.",
  );
}

function notBuilt(app: string): FloppyError {
  return new FloppyError(
    "COMPUTER_FAILED",
    `There is no built writer in ${app}.`,
    "Nothing was installed. Start Floppy once without sudo, which builds it, then try again.",
  );
}

function placeIsForeign(path: string): FloppyError {
  return new FloppyError(
    "WRITER_DENIED",
    `Somebody but root may write to ${path}, so nothing that lies there is run as root.`,
    `The drive was not touched. Make it root’s alone (sudo chown root:root ${path}; sudo chmod go-w ${path}), then try again.`,
    { path },
  );
}
