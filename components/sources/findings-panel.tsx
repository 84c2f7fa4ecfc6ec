import { Chip } from "#components/ui/chip.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { asSentence } from "#lib/client/format.ts";
import type { SourceStatus } from "#lib/model/source.ts";

/**
 * Parts of sources that do not answer or say less than they could, each with what would mend it; then plain facts of sources, which
 * nothing is to be done about and which therefore do not count.
 */
export function FindingsPanel({ sources }: { sources: readonly SourceStatus[] }) {
  const findings = sources.flatMap((source) => source.findings.map((finding) => ({ ...finding, source: source.id })));
  const mendable = findings.filter(({ mend }) => mend !== null);
  const facts = findings.filter(({ mend }) => mend === null);
  if (findings.length === 0) return null;
  return (
    <Panel
      title={mendable.length === 0 ? "What the sources say of themselves" : "What could be better"}
      aside={mendable.length === 0 ? null : <Chip>{mendable.length}</Chip>}
    >
      <ul className="pb-2 text-12">
        {[...mendable, ...facts].map((finding) => (
          <li key={`${finding.source} ${finding.subject} ${finding.text}`} className="flex items-start gap-2.5 border-t px-4 py-2.5">
            <StatusGlyph tone={finding.mend === null ? "info" : "warn"} className="mt-0.5" />
            <div className="min-w-0">
              <p>
                <b className="font-mono font-medium">{finding.subject}</b> <span className="text-text-3">{finding.source}</span>
              </p>
              <p>{asSentence(finding.text)}</p>
              {finding.mend === null ? null : <p className="text-text-2">{asSentence(finding.mend)}</p>}
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
