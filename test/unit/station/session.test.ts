import { describe, expect, it } from "vitest";
import { createSession } from "../../../src-main/station/session.ts";

const letIn = (session = createSession()) => ({
  session,
  secret: session.redeem(session.issueToken()) ?? "",
});

describe("the station's session", () => {
  it("exchanges a token for a secret that admits", () => {
    const { session, secret } = letIn();
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(session.admits(secret)).toBe(true);
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

  it("admits nobody without the secret, nor with one of another station", () => {
    const { session } = letIn();
    expect(session.admits("")).toBe(false);
    expect(session.admits(letIn().secret)).toBe(false);
  });

  it("that ends lets nobody in any more: neither who was in, nor by a token that was issued", () => {
    const { session, secret } = letIn();
    const unused = session.issueToken();
    session.end();
    expect(session.admits(secret)).toBe(false);
    expect(session.redeem(unused)).toBeNull();
    expect(session.admits(letIn(session).secret)).toBe(true);
  });
});
