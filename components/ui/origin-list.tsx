import { formatAge, formatDuration, formatMoment, formatQuantity, instantMs } from "#lib/client/format.ts";
import type { Provenance } from "#lib/model/evidence.ts";

import { Icon } from "./icon.tsx";
import { costWords } from "./source-badge-text.ts";

/** What was asked of whom, how new the newest fact was, and what the question cost; with the same question at the source where it has pages. */
export function OriginList({ origins, now }: { origins: readonly Provenance[]; now: number }) {
  const cost = costWords(origins);
  if (origins.length === 0) return <p className="text-text-2">No source was named.</p>;
  return (
    <>
      {cost === null ? null : <p className="mb-2 text-text-2">{cost}</p>}
      <ul className="grid gap-3">
        {origins.map((origin) => (
          <li key={`${origin.source} ${origin.kind} ${origin.query}`}>
            <Origin origin={origin} now={now} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Origin({ origin, now }: { origin: Provenance; now: number }) {
  const { source, kind, query, observedAt, cost, link } = origin;
  const age =
    observedAt === null
      ? "age not known"
      : `newest fact ${formatMoment(observedAt, now)}, ${formatAge(now - (instantMs(observedAt) ?? now))} ago`;
  return (
    <>
      <p>
        <b className="font-semi">{source}</b> <span className="text-text-2">{kind}</span>
      </p>
      <p className="break-all font-mono text-11 text-text-2">{query}</p>
      <p className="text-text-3">
        {age}
        {cost === undefined ? null : `; ${formatQuantity(cost.series, "series", "series")} in ${formatDuration(cost.ms)}`}
      </p>
      {link === undefined ? null : (
        <a
          className="inline-flex min-h-6 items-center gap-1 text-info-text underline"
          href={link}
          target="_blank"
          rel="noopener noreferrer"
        >
          <Icon name="open" size={12} />
          Ask it at the source
        </a>
      )}
    </>
  );
}
