import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { useHref } from "#lib/client/use-href.ts";
import type { SpanLink } from "#lib/model/trace.ts";

export interface SpanLinksProps {
  links: readonly SpanLink[];
  traceId: string;
  source: string | null;
}

const SHOWN = 50;

/** Other spans that this one has to do with: opens them, in their own trace. */
export function SpanLinks({ links, traceId, source }: SpanLinksProps) {
  const hrefTo = useHref();
  if (links.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1.5 text-13 font-semi">Links</h3>
      <ul className="grid gap-1 text-12">
        {links.slice(0, SHOWN).map((link, index) => (
          <li key={`${link.traceId} ${link.spanId} ${index}`}>
            <EvidenceLink href={hrefTo("/trace", { id: link.traceId, span: link.spanId, source })}>
              {link.traceId === traceId ? "span " : "trace "}
              <span className="font-mono">{link.traceId === traceId ? link.spanId : link.traceId.slice(0, 8)}</span>
            </EvidenceLink>
            {link.attributes.map((attribute, at) => (
              <span key={`${attribute.key} ${at}`} className="ml-2 font-mono text-11 text-text-2 [overflow-wrap:anywhere]">
                <ForeignText text={attribute.key} />=<ForeignText text={attribute.value.slice(0, 200)} />
              </span>
            ))}
          </li>
        ))}
      </ul>
      {links.length > SHOWN ? (
        <p className="text-12 text-text-2">
          The first {SHOWN} of {links.length} are shown.
        </p>
      ) : null}
    </section>
  );
}
