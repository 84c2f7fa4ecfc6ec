import type { DiagnosisFinding } from "#lib/model/diagnosis.ts";

/** A configured source that can be examined before, or without, being used. */
export interface ExaminedSource {
  readonly id: string;
  readonly kind: string;
  readonly address: string;
  /** Asks the source what is needed to tell how it stands. What goes wrong is a finding; it never throws. */
  examine(): Promise<DiagnosisFinding[]>;
}
