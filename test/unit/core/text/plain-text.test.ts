import { expect, it } from "vitest";
import { plainText } from "#core/text/plain-text.ts";

it.each([
  ["\u001b[31mred\u001b[0m", "red"],
  ["\u001b]0;title\u0007after", "after"],
  ["\u001b]8;;http://x\u001b\\link", "link"],
  ["\u009b31mred", "31mred"],
  ["bell\u0007 back\b null\0", "bell back null"],
  ["evil\u202etxt.exe\u2066", "eviltxt.exe"],
  ["one\u2028two", "onetwo"],
  ["tab\tand\nline", "tab\tand\nline"],
  ["naïve 磁盘", "naïve 磁盘"],
])("of %j leaves %j", (text, plain) => {
  expect(plainText(text)).toBe(plain);
});
