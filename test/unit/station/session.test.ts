import { describe, expect, it } from "vitest";
import { createSession } from "../../../src-main/station/session.ts";

const pair = (setCookie: string | null) => String(setCookie).split(";")[0];

describe("the station's session", () => {
  it("exchanges a token for a cookie that admits", () => {
    const session = createSession();
    const cookie = session.redeem(session.issueToken());
    expect(session.admits(`theme=dark; ${pair(cookie)}`)).toBe(true);
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
  });

  it("takes a token once", () => {
    const session = createSession();
    const token = session.issueToken();
    session.redeem(token);
    expect(session.redeem(token)).toBeNull();
  });

  it("takes no other token, and none before one was issued", () => {
    const session = createSession();
    expect(session.redeem("")).toBeNull();
    session.issueToken();
    expect(session.redeem("guess")).toBeNull();
  });

  it("voids an unused token when a new one is issued", () => {
    const session = createSession();
    const first = session.issueToken();
    session.issueToken();
    expect(session.redeem(first)).toBeNull();
  });

  it("admits nobody without the cookie, nor with one of another station", () => {
    const session = createSession();
    const other = createSession();
    session.redeem(session.issueToken());
    expect(session.admits(undefined)).toBe(false);
    expect(session.admits("")).toBe(false);
    expect(session.admits(pair(other.redeem(other.issueToken())))).toBe(false);
  });
});
