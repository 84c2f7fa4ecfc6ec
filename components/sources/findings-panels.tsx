import { Chip } from "#components/ui/chip.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { asSentence } from "#lib/client/format.ts";
import type { SourceStatus } from "#lib/model/source.ts";

type SourceFinding = SourceStatus["findings"][number];

interface Told extends SourceFinding {
  /** Ids of the sources that say so, in their order. */
  sources: string[];
}

/** What sources say, each saying once: two readings of one store often say the same. */
function toldOnce(sources: readonly SourceStatus[]): Told[] {
  const told = new Map<string, Told>();
  for (const source of sources)
    for (const finding of source.findings) {
      const key = JSON.stringify([finding.subject, finding.text, finding.mend]);
      const known = told.get(key);
      if (known === undefined) told.set(key, { ...finding, sources: [source.id] });
      else known.sources.push(source.id);
    }
  return [...told.values()];
}

function Findings({ findings }: { findings: readonly Told[] }) {
  return (
    <ul className="pb-2 text-12">
      {findings.map((finding) => (
        <li
          key={`${finding.sources.join(" ")} ${finding.subject} ${finding.text}`}
          className="flex items-start gap-2.5 border-t px-4 py-2.5"
        >
          <StatusGlyph tone={finding.mend === null ? "info" : "warn"} className="mt-0.5" />
          <div className="min-w-0">
            <p>
              <b className="font-mono font-medium">{finding.subject}</b> <span className="text-text-3">{finding.sources.join(", ")}</span>
            </p>
            <p>{asSentence(finding.text)}</p>
            {finding.mend === null ? null : <p className="text-text-2">{asSentence(finding.mend)}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}

/**
 * Parts of sources that do not answer or say less than they could, each with what would mend it; and, apart from them, plain facts of
 * sources, which nothing is to be done about.
 */
export function FindingsPanels({ sources }: { sources: readonly SourceStatus[] }) {
  const told = toldOnce(sources);
  const mendable = told.filter(({ mend }) => mend !== null);
  const facts = told.filter(({ mend }) => mend === null);
  return (
    <>
      {mendable.length === 0 ? null : (
        <Panel title="What could be better" aside={<Chip>{mendable.length}</Chip>}>
          <Findings findings={mendable} />
        </Panel>
      )}
      {facts.length === 0 ? null : (
        <Panel title="What the sources say of themselves">
          <Findings findings={facts} />
        </Panel>
      )}
    </>
  );
}
