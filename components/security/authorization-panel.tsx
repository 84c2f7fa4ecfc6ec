"use client";

import { nameOfId } from "#components/map/model/names.ts";
import { DataTable, type Column } from "#components/ui/data-table.tsx";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Age } from "#components/ui/moment.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import { formatCount, formatQuantity } from "#lib/client/format.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { AuthorizationDecision, WorkloadAuthorization } from "#lib/model/security.ts";

import { decisionOrder, deniedOf, outcomeWords } from "./authorization-rows.ts";
import { ShortIdentity } from "./identity-text.tsx";
import { PolicyStage } from "./policy-stage.tsx";

/** The effective policy of one workload: its steps in the order in which they are asked, and what became of each caller. */
export function AuthorizationPanel({ authorization }: { authorization: WorkloadAuthorization }) {
  const hrefTo = useHref();
  const { id, stages, decisions } = authorization;
  const denied = deniedOf(authorization);
  return (
    <Panel
      title={<EvidenceLink href={hrefTo("/service", { id })}>{nameOfId(id)}</EvidenceLink>}
      label={`Policies of ${nameOfId(id)}`}
      aside={<span className="text-12 text-text-2">{formatQuantity(stages.length, "step")}, asked in this order</span>}
      badge={denied === 0 ? undefined : <StatusWord tone="warn">{formatQuantity(denied, "request")} denied</StatusWord>}
    >
      {stages.length === 0 ? <p className="px-4 pb-3 text-12 text-text-2">Its proxies told of no policy.</p> : null}
      <ol className="grid gap-3 px-4 pb-3">
        {stages.map((stage, index) => (
          <li key={`${index} ${stage.action} ${stage.mode}`}>
            <PolicyStage stage={stage} number={index + 1} workload={nameOfId(id)} />
          </li>
        ))}
      </ol>
      <div className="border-t pt-2 pb-1">
        <h3 className="px-4 pb-1 text-12 font-semi">What became of whom</h3>
        <DataTable
          className="max-h-96"
          caption={`What became of the requests of each caller of ${nameOfId(id)}`}
          columns={DECISION_COLUMNS}
          rows={decisionOrder(decisions)}
          rowKey={(row) => `${row.source} ${row.identity?.uri ?? ""} ${row.address ?? ""} ${row.mode} ${row.outcome} ${row.policy ?? ""}`}
          empty={<p className="px-4 py-2 text-12 text-text-2">No request was seen, or its proxies do not tell callers apart.</p>}
        />
      </div>
    </Panel>
  );
}

const DECISION_COLUMNS: readonly Column<AuthorizationDecision>[] = [
  { id: "caller", header: "Caller", isRowHeader: true, cell: (row) => <span className="font-medium">{nameOfId(row.source)}</span> },
  {
    id: "identity",
    header: "Identity",
    isWideOnly: true,
    cell: (row) =>
      row.identity === null ? (
        <span className="text-text-3">{row.address === null ? "none" : `none, from ${row.address}`}</span>
      ) : (
        <ShortIdentity identity={row.identity} />
      ),
  },
  {
    id: "outcome",
    header: "Outcome",
    cell: (row) =>
      row.outcome === "denied" ? (
        <StatusWord tone={row.mode === "enforced" ? "warn" : "unk"}>{outcomeWords(row)}</StatusWord>
      ) : (
        <span className="text-text-2">{outcomeWords(row)}</span>
      ),
  },
  {
    id: "policy",
    header: "By policy",
    isWideOnly: true,
    cell: (row) =>
      row.policy === null ? (
        <span className="text-text-3">no policy matched</span>
      ) : (
        <ForeignText text={row.policy} className="font-mono text-11" />
      ),
  },
  { id: "count", header: "Requests", isNumber: true, cell: (row) => formatCount(row.count) },
  {
    id: "last",
    header: "Last",
    isNumber: true,
    isWideOnly: true,
    cell: (row) => (
      <>
        <Age at={row.lastSeen} /> ago
      </>
    ),
  },
];
