/** What a person is asked before the writer runs as root: by the true polkit, on a system bus of the test's own. */
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { policyText } from "#adapters/writer/installed.ts";

const nobody = 65534;
const project = resolve(import.meta.dirname, "../..");
const packaged = join(project, "assets/polkit/wtf.floppy.writer.policy");
const node = process.execPath;

let folder: string;
let script: string;

const bus = `<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow user="*"/>
    <allow own="*"/>
  </policy>
</busconfig>`;

const stage = `
mount --bind "$FOLDER/actions" /usr/share/polkit-1/actions
mount -t tmpfs -o mode=755 tmpfs /run/dbus
dbus-daemon --config-file="$FOLDER/bus.conf" --nofork 2> "$FOLDER/bus.log" & bus=$!
timeout 10 sh -c "until [ -S /run/dbus/system_bus_socket ]; do sleep 0.05; done"
/usr/lib/polkit-1/polkitd --no-debug > "$FOLDER/polkit.log" 2>&1 & polkit=$!
timeout 10 sh -c "until pkaction > /dev/null 2>&1; do sleep 0.05; done"
timeout 10 "$@"
code=$?
kill $polkit $bus
exit $code`;

beforeAll(async () => {
  folder = await mkdtemp("/polkit-");
  await chmod(folder, 0o755);
  await mkdir(join(folder, "actions"));
  script = join(folder, "writer.js");
  await writeFile(script, "console.log('the writer ran')");
  await writeFile(join(folder, "bus.conf"), bus);
  await copyFile(
    "/usr/share/polkit-1/actions/org.freedesktop.policykit.policy",
    join(folder, "actions/org.freedesktop.policykit.policy"),
  );
  await copyFile(packaged, join(folder, "actions/wtf.floppy.writer.policy"));
  await writeFile(
    join(folder, "actions/wtf.floppy.writer.installed.policy"),
    policyText("wtf.floppy.writer.installed", node, script),
  );
});
afterAll(() => rm(folder, { recursive: true }));

function withPolkit(...command: string[]) {
  return execa("unshare", ["--mount", "sh", "-c", stage, "sh", ...command], {
    env: { FOLDER: folder },
    reject: false,
    all: true,
    timeout: 30_000,
    input: "wrong\n",
  });
}

it.each(["wtf.floppy.writer", "wtf.floppy.writer.installed"])("keeps no agreement for %s", async (action) => {
  const { stdout } = await withPolkit("pkaction", "--verbose", "--action-id", action);
  for (const who of ["any", "inactive", "active"])
    expect(stdout).toMatch(new RegExp(`implicit ${who}: +auth_admin$`, "m"));
});

it("names the drive and what is done to it to another user of the machine, who is asked for a password", async () => {
  const drive = "erase /dev/sdb, SanDisk Ultra, 32 GB, serial 4C530001";
  const asked = `pkexec ${node} ${script} '${drive}'`;
  const become = [
    "setpriv",
    `--reuid=${nobody}`,
    `--regid=${nobody}`,
    "--clear-groups",
    "env",
    "SHELL=/bin/sh",
  ];
  const { all } = await withPolkit(
    ...become,
    "script",
    "--quiet",
    "--return",
    "--command",
    asked,
    "/dev/null",
  );
  expect(all).toContain("AUTHENTICATING FOR wtf.floppy.writer.installed");
  expect(all).toMatch(/Floppy needs your password for the drive that you chose/);
  expect(all.replaceAll(/[\r\n]/g, "")).toContain(drive);
  expect(all).not.toContain("the writer ran");
});

it("is told the same for the package and for a copy that was installed", async () => {
  const resources = "/opt/Floppy/resources";
  const told = policyText(
    "wtf.floppy.writer",
    `${resources}/node`,
    `${resources}/app.asar.unpacked/out/main/writer.js`,
  );
  const { stdout } = await execa("cat", [packaged], { stripFinalNewline: false });
  expect(stdout).toBe(told);
});
