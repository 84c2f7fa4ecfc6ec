/** How much a finding matters. `error` = something that the reader configured does not work or reads wrong. */
export type FindingLevel = "error" | "warning" | "info" | "fine";

/** One thing found out about a source, in plain sentences without secrets. */
export interface DiagnosisFinding {
  level: FindingLevel;
  /** One word for programs, the same for the same trouble. */
  code: string;
  text: string;
  /** What is missing on the screen, or wrong there; `null` = nothing. */
  takesAway: string | null;
  /** Command or setting that mends it; `null` = nothing has to be mended, or nobody knows how. */
  mend: string | null;
}

/** What was found out about one source; worst first. */
export interface SourceDiagnosis {
  id: string;
  kind: string;
  address: string;
  findings: DiagnosisFinding[];
}

/** All sources, in the order of the configuration. `isFine` = no finding is an error. */
export interface Diagnosis {
  isFine: boolean;
  sources: SourceDiagnosis[];
}
