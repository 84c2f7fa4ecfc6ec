"use client";

import { useMemo } from "react";

import { nameOfId } from "#components/map/model/names.ts";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { SecurityChange } from "#lib/client/security-search-params.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { CertificateView } from "#lib/model/security.ts";

import { AuthorizationPanel } from "./authorization-panel.tsx";
import { authorizationRows } from "./authorization-rows.ts";
import { certificateColumns } from "./certificate-columns.tsx";
import { certificateRows } from "./certificate-rows.ts";
import { NothingLeft, shownWords, type ViewProps } from "./edges-view.tsx";
import { NothingInNamespaces, useNamespaceFilter } from "./namespace-filter.tsx";
import { knowsNoProxy } from "./report-gap.ts";
import { Lines } from "./refusal-list.tsx";
import { SecurityTable } from "./security-table.tsx";
import { workloadColumns, workloadRows } from "./workload-columns.tsx";

const BY_NAME = { column: "workload", direction: "asc" } as const;
const BY_END = { column: "left", direction: "asc" } as const;
const NO_CERTIFICATES: readonly CertificateView[] = [];
const SHOW_ALL = { about: null, sel: null } as const satisfies SecurityChange;

/** What the rows are narrowed to, and the way out of it. */
function AboutChip({ about, onChange }: { about: string; onChange: (change: SecurityChange) => void }) {
  if (about === "") return null;
  return (
    <Button isSmall className="border-info bg-info-bg text-info-text" onClick={() => onChange(SHOW_ALL)}>
      <span className="sr-only">Only </span>
      {nameOfId(about)}
      <Icon name="close" size={14} />
      <span className="sr-only">; show all</span>
    </Button>
  );
}

/** What each workload accepts, demands and presents. */
export function WorkloadTable({ answer, state, find, onChange, onClear }: ViewProps) {
  const hrefTo = useHref();
  const { isNarrowed } = useNamespaceFilter();
  const workloads = answer?.value.workloads;
  const certificates = answer?.value.certificates ?? NO_CERTIFICATES;
  const { about } = state;
  const rows = useMemo(() => (workloads === undefined ? undefined : workloadRows(workloads, about, find)), [workloads, about, find]);
  const columns = useMemo(() => workloadColumns(hrefTo, certificates), [hrefTo, certificates]);
  return (
    <SecurityTable
      title="Workloads"
      note="what each takes, and what it shows of itself"
      count={shownWords(rows?.length, workloads?.length, "workload")}
      filters={about === "" ? undefined : <AboutChip about={about} onChange={onChange} />}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      initialSort={BY_NAME}
      isAlarming={(row) => row.plaintextCallers.length > 0}
      answer={answer}
      empty={
        workloads?.length === 0 && isNarrowed ? (
          <NothingInNamespaces what="workload with a proxy" />
        ) : workloads?.length === 0 ? (
          <EmptyState title="No workload with a proxy is known">
            What a workload accepts is read from its proxies; none has answered.
          </EmptyState>
        ) : (
          <NothingLeft what="workload" onShowAll={() => onClear(SHOW_ALL)} />
        )
      }
    />
  );
}

/** Every certificate that a proxy holds, the one that ends first in front. */
export function CertificateTable({ answer, state, find, onChange, onClear }: ViewProps) {
  const hrefTo = useHref();
  const { isNarrowed } = useNamespaceFilter();
  const certificates = answer?.value.certificates;
  const { about } = state;
  const rows = useMemo(
    () => (certificates === undefined ? undefined : certificateRows(certificates, about, find)),
    [certificates, about, find],
  );
  const columns = useMemo(() => certificateColumns(hrefTo), [hrefTo]);
  return (
    <SecurityTable
      title="Certificates"
      note="as the proxies hold them"
      count={shownWords(rows?.length, certificates?.length, "certificate")}
      filters={about === "" ? undefined : <AboutChip about={about} onChange={onChange} />}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      initialSort={BY_END}
      isAlarming={(row) => row.status === "expired" || row.status === "notYet" || row.status === "soon"}
      answer={answer}
      empty={
        certificates?.length === 0 && isNarrowed ? (
          <NothingInNamespaces what="certificate" />
        ) : certificates?.length === 0 ? (
          <EmptyState title="No proxy told of a certificate that it holds">
            {knowsNoProxy(answer?.value)
              ? "No proxy is read here, and they alone tell."
              : "Either none holds one, or those that do did not answer."}{" "}
            Without them nobody knows what ends when.
          </EmptyState>
        ) : (
          <NothingLeft what="certificate" onShowAll={() => onClear(SHOW_ALL)} />
        )
      }
    />
  );
}

/** The effective policies, one panel for each workload. */
export function AuthorizationView({ answer, state, find, onChange, onClear }: ViewProps) {
  const { isNarrowed } = useNamespaceFilter();
  const all = answer?.value.authorization;
  const rows = all === undefined ? undefined : authorizationRows(all, state.about, find);
  return (
    <div className="flex min-w-0 flex-col gap-(--gap-panel)">
      <Panel
        title="Authorization"
        aside={
          <>
            <span className="text-12 text-text-3 max-tablet:hidden">who may call whom, as the proxies decide it</span>
            <span className="text-12 text-text-2">
              {shownWords(rows?.length, all?.length, "workload with policies", "workloads with policies")}
            </span>
            <AboutChip about={state.about} onChange={onChange} />
          </>
        }
        answer={answer}
      >
        {rows === undefined ? <Lines /> : null}
        {all?.length === 0 && isNarrowed ? <NothingInNamespaces what="policy in force" /> : null}
        {all?.length === 0 && !isNarrowed ? (
          <EmptyState title="No proxy told of a policy in force">
            Where there is none, every caller that may connect is let in.{" "}
            {knowsNoProxy(answer?.value)
              ? "No proxy is read here, and they alone tell: whether there is none is not known."
              : "If policies are kept somewhere, the proxies here do not have them."}
          </EmptyState>
        ) : null}
        {all !== undefined && all.length > 0 && rows?.length === 0 ? (
          <NothingLeft what="workload with policies" onShowAll={() => onClear(SHOW_ALL)} />
        ) : null}
      </Panel>
      {rows?.map((one) => (
        <AuthorizationPanel key={one.id} authorization={one} />
      ))}
    </div>
  );
}
