/** How much longer an answer may be worked on. Asked between chunks of rows, so that no statement need be interrupted. */
export interface Effort {
  /** The time is over, or nobody waits for the answer any more. */
  isSpent(): boolean;
}

/** Work without bounds. */
export const UNBOUNDED: Effort = { isSpent: () => false };
