import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

export type Session = {
  /** A token that lets one browser in, once. It voids the one issued before. */
  issueToken(): string;
  /** The cookie that a valid token is exchanged for, or null. */
  redeem(token: string): string | null;
  /** Whether a Cookie header belongs to a browser that was let in. */
  admits(cookies: string | undefined): boolean;
};

const newSecret = () => randomBytes(32).toString("base64url");
const digest = (text: string) => createHash("sha256").update(text).digest();
const sameSecret = (left: string, right: string) => timingSafeEqual(digest(left), digest(right));

export function createSession(): Session {
  const secret = newSecret();
  // Browsers keep one cookie jar for all ports of a host: each station needs a name of its own.
  const name = `floppy-${randomBytes(4).toString("hex")}`;
  let unused: string | null = null;

  return {
    issueToken() {
      unused = newSecret();
      return unused;
    },
    redeem(token) {
      if (unused === null || !sameSecret(token, unused)) return null;
      unused = null;
      return `${name}=${secret}; HttpOnly; SameSite=Strict; Path=/`;
    },
    admits(cookies = "") {
      return cookies.split(/;\s*/).some((cookie) => sameSecret(cookie, `${name}=${secret}`));
    },
  };
}
