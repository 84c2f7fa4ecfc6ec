import { Chip } from "#components/ui/chip.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { asSentence } from "#lib/client/format.ts";
import type { SourceStatus } from "#lib/model/source.ts";

/** Parts of sources that do not answer or say less than they could, each with what would mend it. */
export function FindingsPanel({ sources }: { sources: readonly SourceStatus[] }) {
  const findings = sources.flatMap((source) => source.findings.map((finding) => ({ ...finding, source: source.id })));
  if (findings.length === 0) return null;
  return (
    <Panel title="What could be better" aside={<Chip>{findings.length}</Chip>}>
      <ul className="pb-2 text-12">
        {findings.map((finding) => (
          <li key={`${finding.source} ${finding.subject} ${finding.text}`} className="flex items-start gap-2.5 border-t px-4 py-2.5">
            <StatusGlyph tone="warn" className="mt-0.5" />
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
