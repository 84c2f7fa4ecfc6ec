import type { Diagnosis, DiagnosisFinding, FindingLevel } from "#lib/model/diagnosis.ts";
import type { ExaminedSource } from "#lib/ports/examined-source.ts";

const ORDER: readonly FindingLevel[] = ["error", "warning", "info", "fine"];

/** Said when there is nothing to examine. */
const NOTHING: DiagnosisFinding = {
  level: "error",
  code: "no-source",
  text: "Nothing is configured that could tell of a mesh.",
  takesAway: "the whole map",
  mend: "Name a file with --config weft.yaml, or a directory of proxies with --proxies DIR",
};

/** Examines every source at once. One that has nothing to report is fine; the same is not said twice of one source. */
export async function diagnose(sources: readonly ExaminedSource[]): Promise<Diagnosis> {
  if (sources.length === 0) return { isFine: false, sources: [{ id: "weft", kind: "configuration", address: "", findings: [NOTHING] }] };
  const examined = await Promise.all(
    sources.map(async (source) => {
      const { id, kind, address } = source;
      return { id, kind, address, findings: inOrder(await source.examine()) };
    }),
  );
  const isFine = examined.every(({ findings }) => findings.every(({ level }) => level !== "error"));
  return { isFine, sources: examined };
}

function inOrder(findings: readonly DiagnosisFinding[]): DiagnosisFinding[] {
  const once = new Map(findings.map((finding) => [`${finding.code} ${finding.text}`, finding]));
  return [...once.values()].toSorted((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));
}
