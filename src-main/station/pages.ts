/** The plain page for a browser that is not let in. It names only what the person at the station can do. */
export function refusalPage(why: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width">
<title>Floppy station</title>
<h1>This browser is not let in yet</h1>
<p>${why}</p>
<p>Open the address that the station printed when it started. To get a new one, run this where the station runs:</p>
<pre>kill -USR2 ${process.pid}</pre>
<p>The station prints a new address. Runs under way go on.</p>
</html>
`;
}
