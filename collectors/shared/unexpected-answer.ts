/** Cause of an error: what came in place of the answer that a program gives. */
export class UnexpectedAnswer extends Error {
  readonly status: number;
  /** `application/json`; `null` = it did not say. */
  readonly mediaType: string | null;
  /** Reason that it gave in words; `null` = none that could be shown. */
  readonly said: string | null;

  constructor({ status, mediaType, said }: { status: number; mediaType: string | null; said: string | null }) {
    super(`${status} with ${mediaType ?? "no content type"}`);
    this.name = "UnexpectedAnswer";
    this.status = status;
    this.mediaType = mediaType;
    this.said = said;
  }
}

/** The one along the chain of causes; `null` = there is none. */
export function unexpectedAnswer(error: unknown): UnexpectedAnswer | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof UnexpectedAnswer) return at;
  return null;
}
