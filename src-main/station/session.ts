import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** What lets browsers in. A browser keeps its secret where no other port of this machine gets to see it: in no cookie. */
export type Session = {
  /** A token that lets one browser in, once. It voids the one issued before. */
  issueToken(): string;
  /** The secret that a valid token is exchanged for, or null. */
  redeem(token: string): string | null;
  /** Whether it is the secret of a browser that was let in. */
  admits(secret: string): boolean;
  /** Nobody is in any more, and no token that was issued lets anybody in. */
  end(): void;
};

const newSecret = () => randomBytes(32).toString("base64url");
const digest = (text: string) => createHash("sha256").update(text).digest();
const sameSecret = (left: string, right: string) => timingSafeEqual(digest(left), digest(right));

export function createSession(): Session {
  let secret = newSecret();
  let unused: string | null = null;

  return {
    issueToken() {
      unused = newSecret();
      return unused;
    },
    redeem(token) {
      if (unused === null || !sameSecret(token, unused)) return null;
      unused = null;
      return secret;
    },
    admits: (shown) => sameSecret(shown, secret),
    end() {
      secret = newSecret();
      unused = null;
    },
  };
}
