import { driveTable } from "../choose-drive.ts";
import { type Context, withFloppy } from "../context.ts";

export async function drives(context: Context): Promise<void> {
  await withFloppy(context, async (floppy) => {
    const { drives, runs } = await floppy.handlers["drives.list"]({});
    context.report.result(
      { drives },
      drives.length > 0 ? driveTable({ drives, runs }) : "No drive is plugged in.",
    );
  });
}
