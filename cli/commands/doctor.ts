import { examinedSources } from "#collectors/doctor.ts";
import { createHttpFetcher } from "#collectors/shared/http-fetcher.ts";
import type { Diagnosis, DiagnosisFinding, SourceDiagnosis } from "#lib/model/diagnosis.ts";
import { diagnose } from "#lib/usecases/diagnose.ts";
import { readConfigFile, readConfigText } from "#server/config/config-file.ts";
import { MemorySeriesStore } from "#server/stores/series-store.ts";
import { systemClock as clock, systemScheduler as scheduler } from "#server/telemetry/system-time.ts";

import { parseFlags } from "../parse-flags.ts";

const USUAL_FILE = "weft.yaml";

/** `./weft doctor`: 0 = nothing that is configured is broken, 1 = something is. */
export async function doctor(args: string[]): Promise<number> {
  const { flags } = parseFlags(args, { config: "string", proxies: "string", json: "boolean" });
  const path = flags.config ?? (await usualFile());
  const options = path === null ? {} : await readConfigFile(path);
  const http = createHttpFetcher({ clock, scheduler });
  const { sources, close } = await examinedSources(
    { ...options, proxiesDir: flags.proxies },
    { clock, scheduler, http, newStore: () => new MemorySeriesStore() },
  );
  try {
    const diagnosis = await diagnose(sources);
    console.log(flags.json === true ? JSON.stringify(diagnosis) : diagnosisLines(diagnosis).join("\n"));
    return diagnosis.isFine ? 0 : 1;
  } finally {
    await Promise.all([close(), http.close()]);
  }
}

/** The file that is read without a flag, where there is one. */
async function usualFile(): Promise<string | null> {
  return readConfigText(USUAL_FILE).then(
    () => USUAL_FILE,
    () => null,
  );
}

const MARKS: Record<DiagnosisFinding["level"], string> = { error: "ERROR", warning: "warn", info: "note", fine: "ok" };
const INDENT = 9;

/** A paragraph for each source: what is wrong with it, what that takes away, and how to mend it. */
export function diagnosisLines({ isFine, sources }: Diagnosis): string[] {
  const count = (level: DiagnosisFinding["level"]): number =>
    sources.reduce((sum, { findings }) => sum + findings.filter((finding) => finding.level === level).length, 0);
  const [errors, warned, notes] = [count("error"), count("warning"), count("info")];
  const noted = notes === 0 ? "" : `, ${many(notes, "note")}`;
  const total =
    isFine && warned === 0
      ? notes === 0
        ? "everything is fine"
        : "nothing is wrong"
      : `${many(errors, "error")}, ${many(warned, "warning")}`;
  return [...sources.flatMap(sourceLines), `${total}${noted}`];
}

function many(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? "" : "s"}`;
}

function sourceLines({ id, kind, address, findings }: SourceDiagnosis): string[] {
  return [`${id}  (${kind}${address === "" ? "" : `, ${address}`})`, ...findings.flatMap(findingLines), ""];
}

function findingLines({ level, text, takesAway, mend }: DiagnosisFinding): string[] {
  const under = (word: string, what: string | null): string[] => (what === null ? [] : [`${" ".repeat(INDENT)}${word}: ${what}`]);
  return [`  ${MARKS[level].padEnd(INDENT - 2)}${text}`, ...under("takes away", takesAway), ...under("mend", mend)];
}
