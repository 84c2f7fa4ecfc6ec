import { cx } from "#components/ui/cx.ts";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { foreignWords } from "#lib/client/foreign-text.ts";
import { formatNames, formatQuantity } from "#lib/client/format.ts";
import { serviceColour } from "#lib/traces/service-colour.ts";
import type { TraceSummary } from "#lib/model/trace.ts";

const TICKS = [
  "",
  "bg-(--svc-1)",
  "bg-(--svc-2)",
  "bg-(--svc-3)",
  "bg-(--svc-4)",
  "bg-(--svc-5)",
  "bg-(--svc-6)",
  "bg-(--svc-7)",
  "bg-(--svc-8)",
];

/** A service's colour, always beside its name. */
export function ServiceTick({ service, className }: { service: string; className?: string }) {
  return (
    <span aria-hidden="true" className={cx("inline-block h-3 w-1 flex-none rounded-full", TICKS[serviceColour(service)], className)} />
  );
}

export interface ServiceNamesProps {
  services: TraceSummary["services"];
  /** How many names have room; the others are counted. */
  most: number;
}

/** The services of a trace by number of spans, each with its colour; those that failed say so. */
export function ServiceNames({ services, most }: ServiceNamesProps) {
  const rest = services.slice(most);
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      {services.slice(0, most).map((one) => (
        <span key={`${one.namespace ?? ""}/${one.service}`} className="inline-flex min-w-0 items-center gap-1">
          <ServiceTick service={one.service} />
          <ForeignText text={one.service} className={cx("truncate", one.errors > 0 && "text-fail-text")} />
          {one.errors > 0 ? <span className="sr-only">, failed</span> : null}
        </span>
      ))}
      {rest.length === 0 ? null : (
        <span className="flex-none text-text-3" title={formatNames(rest.map((one) => foreignWords(one.service)))}>
          +{rest.length}
          <span className="sr-only"> more: {formatQuantity(rest.length, "service")}</span>
        </span>
      )}
    </span>
  );
}
