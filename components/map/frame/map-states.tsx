import { NoneInNamespaces } from "#components/services/none-in-namespaces.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { CopyCommand } from "#components/ui/copy-command.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import type { Tone } from "#components/ui/tone.ts";
import { asSentence } from "#lib/client/format.ts";
import type { HrefTo } from "#lib/client/use-href.ts";
import type { SourceState, SourceStatus } from "#lib/model/source.ts";

const CENTRED = "panel absolute left-1/2 top-28 z-20 w-[min(560px,calc(100%-32px))] -translate-x-1/2";

/** Nothing feeds this Weft. */
export function NoSources() {
  return (
    <section className={CENTRED}>
      <EmptyState title="No source is configured">
        <p>Weft draws what proxies and other sources tell it; none is named in its configuration. To see it work, start the demo mesh:</p>
        <CopyCommand command="./weft demo" className="mt-3" />
        <p className="mt-3">Or point it at your own proxies:</p>
        <CopyCommand command="./weft up --proxies PROXIES_DIR --routes ROUTES_DIR" className="mt-2" />
        <p className="mt-3">Or at where your metrics are kept:</p>
        <CopyCommand command="./weft up --config weft.yaml" className="mt-2" />
      </EmptyState>
    </section>
  );
}

const SOURCE_TONES: Readonly<Record<SourceState, Tone>> = { healthy: "ok", degraded: "warn", down: "fail", starting: "unk" };

/** Sources are there, but none has named a service yet. */
export function NoServices({ sources, hrefTo }: { sources: readonly SourceStatus[]; hrefTo: HrefTo }) {
  return (
    <section className={CENTRED}>
      <EmptyState
        title="No service has been seen yet"
        actions={
          <ButtonLink isSmall href={hrefTo("/sources")}>
            All sources
          </ButtonLink>
        }
      >
        <p>
          A service appears as soon as its proxy answers, with or without traffic, ten seconds after its first span, or once a store of
          metrics has scraped it a few times. What the sources say:
        </p>
        <ul className="mt-2 grid gap-2 text-12">
          {sources.map((source) => (
            <li key={source.id}>
              <StatusWord tone={SOURCE_TONES[source.state]}>
                {source.id}: {source.state}
              </StatusWord>
              <span className="text-text-2">
                {" "}
                at {source.address}, {source.coverage.n} of {source.coverage.of} parts answer
              </span>
              {source.lastError === null ? null : <p className="text-text-2">{source.lastError}</p>}
              {source.mend === null ? null : <p className="text-text">{source.mend}</p>}
              {source.findings.map(({ subject, text, mend }) =>
                mend === null ? null : (
                  <p key={`${subject} ${text}`} className="text-text-2">
                    {asSentence(text)} <span className="text-text">{asSentence(mend)}</span>
                  </p>
                ),
              )}
            </li>
          ))}
        </ul>
      </EmptyState>
    </section>
  );
}

/** The top bar's namespaces leave nothing. */
export function NothingInNamespaces({ namespaces }: { namespaces: readonly string[] }) {
  return (
    <section className={CENTRED}>
      <NoneInNamespaces namespaces={namespaces} />
    </section>
  );
}

/** The frame of the map before the first answer: everything has its place already. */
export function MapSkeleton() {
  return (
    <div
      aria-busy="true"
      aria-label="The map is being read"
      role="group"
      className="grid h-full grid-rows-[minmax(0,1fr)_var(--timeline-h)] desk:grid-cols-[minmax(0,1fr)_var(--inspector-w)]"
    >
      <div className="relative">
        <div className="absolute left-5 top-4 grid gap-2">
          <span className="skeleton h-5 w-80" />
          <span className="skeleton h-3.5 w-64" />
        </div>
      </div>
      <div className="row-span-2 border-l bg-surface max-desk:hidden" />
      <div className="border-t bg-surface" />
    </div>
  );
}
