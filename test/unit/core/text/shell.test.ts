import { expect, it } from "vitest";
import { shellQuote } from "#core/text/shell.ts";

it.each([
  [["lsblk", "--json", "--output=NAME,SIZE"], "lsblk --json --output=NAME,SIZE"],
  [["dd", "of=/dev/sda"], "dd of=/dev/sda"],
  [["echo", "$(reboot)"], "echo '$(reboot)'"],
  [["echo", "it's"], "echo 'it'\\''s'"],
  [["echo", ""], "echo ''"],
  [["echo", "a\nb"], "echo 'a\nb'"],
  [["echo", "~", "*", "#", "=ls"], "echo '~' '*' '#' '=ls'"],
  [["PATH=/tmp", "x"], "'PATH=/tmp' x"],
  [["time", "if"], "'time' if"],
  [["-x", "-x"], "'-x' -x"],
])("quotes %j as %s", (argv, line) => {
  expect(shellQuote(argv)).toBe(line);
});

it.each([[[]], [["a\0b"]]])("refuses %j, which no shell can run", (argv) => {
  expect(() => shellQuote(argv)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
});
