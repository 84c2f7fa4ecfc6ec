/** How much a finding matters. `error` = something that the reader configured does not work or reads wrong. */
export type FindingLevel = "error" | "warning" | "info" | "fine";

interface FoundOut {
  /** One word for programs, the same for the same trouble. */
  code: string;
  text: string;
  /** What is missing on the screen, or wrong there; `null` = nothing. */
  takesAway: string | null;
}

/** What is wrong. `mend` = the command or setting that mends it. */
interface Problem extends FoundOut {
  level: "error" | "warning";
  mend: string;
}

/** What is so. `mend: null` = nothing is to be done about it. */
interface Fact extends FoundOut {
  level: "info" | "fine";
  mend: string | null;
}

/** One thing found out about a source, in plain sentences without secrets. */
export type DiagnosisFinding = Problem | Fact;

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
