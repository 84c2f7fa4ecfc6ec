/** What SQLite's result code means for the caller (https://sqlite.org/rescode.html). */
type SqliteTrouble = "damaged" | "refused" | "other";

/** Primary codes: READONLY, IOERR, FULL, CANTOPEN, PERM, AUTH, BUSY, LOCKED: the machine would not let us. */
const REFUSED = new Set([8, 10, 13, 14, 3, 23, 5, 6]);
/** CORRUPT and NOTADB. */
const DAMAGED = new Set([11, 26]);

/** The primary result code, or `null` for what did not come from SQLite. */
function primaryCode(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return null;
  // The upper bits narrow the code down.
  return error.errcode & 0xff;
}

export function troubleOf(error: unknown): SqliteTrouble {
  const code = primaryCode(error);
  if (code === null) return error instanceof Error && "code" in error && isFileError(error.code) ? "refused" : "other";
  if (DAMAGED.has(code)) return "damaged";
  return REFUSED.has(code) ? "refused" : "other";
}

/** Another connection holds the lock that this one wants. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === 5;
}

/** What a person can look up: SQLite's own words, or the code of the system's error. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  if ("errstr" in error && typeof error.errstr === "string") return error.errstr;
  return "code" in error ? String(error.code) : error.message;
}

function isFileError(code: unknown): boolean {
  return typeof code === "string" && /^E[A-Z]+$/.test(code);
}
