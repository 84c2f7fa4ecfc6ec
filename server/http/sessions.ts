import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * The local session: on loopback there is one user and no login. The cookie ties a browser to its token; a caller
 * without a cookie (a script on this machine) gets a token of its own kind from the same call.
 */
export class Sessions {
  private readonly secret = randomBytes(32);
  private readonly cookieName: string;

  /** Cookies do not tell ports apart, and two consoles may run side by side: each process brings a name of its own. */
  constructor(cookieName: string) {
    this.cookieName = cookieName;
  }

  /** The cookie to set on a page, or `null` when the browser already has one. */
  newCookie(cookieHeader: string | undefined): string | null {
    if (this.idIn(cookieHeader) !== "") return null;
    return `${this.cookieName}=${randomBytes(32).toString("hex")}; Path=/; HttpOnly; SameSite=Strict`;
  }

  tokenFor(cookieHeader: string | undefined): string {
    return createHmac("sha256", this.secret).update(this.idIn(cookieHeader)).digest("hex");
  }

  isTokenOf(token: string | string[] | undefined, cookieHeader: string | undefined): boolean {
    if (typeof token !== "string") return false;
    const expected = Buffer.from(this.tokenFor(cookieHeader));
    const given = Buffer.from(token);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  private idIn(cookieHeader: string | undefined): string {
    for (const part of (cookieHeader ?? "").split(";")) {
      const [name, value] = part.trim().split("=", 2);
      if (name === this.cookieName && value !== undefined && /^[0-9a-f]{64}$/.test(value)) return value;
    }
    return "";
  }
}
