"use client";

import { useQuery } from "@tanstack/react-query";

import { Chip } from "#components/ui/chip.tsx";
import { cx } from "#components/ui/cx.ts";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { formatClockMs } from "#lib/client/format.ts";
import { proxiesQuery } from "#lib/client/query-options.ts";
import { useHref } from "#lib/client/use-href.ts";
import type { Change, DemandChange, ProxyProof } from "#lib/model/change.ts";
import type { Sourced } from "#lib/model/evidence.ts";

import { applySteps, proofsByService, refusedSince, sinceAsked, type ApplyStep } from "./apply-steps-data.ts";

export interface ApplyStepsProps {
  kind: Change["kind"];
  /** `null` while it is only a plan. */
  answer: Sourced<Change> | undefined;
}

const PLANNED: Readonly<Record<Change["kind"], readonly { name: string; text: string }[]>> = {
  split: [
    { name: "Asked", text: "written to the journal" },
    { name: "Accepted", text: "the file is written and read back" },
    { name: "Live", text: "each proxy says that it runs it" },
    { name: "Observed", text: "the share is seen in the calls" },
  ],
  demand: [
    { name: "Asked", text: "written to the journal" },
    { name: "Accepted", text: "the file is written and read back" },
    { name: "Live", text: "each proxy says that it runs it, and nothing is left open on what was taken away" },
    { name: "Observed", text: "requests come in the way that was asked, and no other" },
  ],
};

/** Asked, accepted, live, observed: four facts that are never taken for one another. */
export function ApplySteps({ kind, answer }: ApplyStepsProps) {
  const change = answer?.value;
  return (
    <Panel title="After apply" answer={answer} className="min-h-[232px]">
      <ol className="px-4 pb-2.5">
        {change === undefined
          ? PLANNED[kind].map((step) => (
              <li key={step.name} className="grid grid-cols-[20px_92px_1fr] items-baseline gap-2.5 py-2">
                <Mark state="waiting" />
                <b className="font-semi text-text-2">{step.name}</b>
                <span className="text-text-3">{step.text}</span>
              </li>
            ))
          : applySteps(change).map((step, index) => <Step key={step.name} step={step} change={change} isLast={index === 3} />)}
      </ol>
    </Panel>
  );
}

const STATE_WORDS: Readonly<Record<ApplyStep["state"], string>> = { done: "done", now: "under way", waiting: "waiting", failed: "failed" };

function Step({ step, change, isLast }: { step: ApplyStep; change: Change; isLast: boolean }) {
  const isFirst = step.name === "Asked";
  return (
    <li
      className={cx(
        "relative grid grid-cols-[20px_72px_1fr_auto] items-baseline gap-2.5 py-2 tablet:grid-cols-[20px_92px_1fr_auto]",
        !isLast && "before:absolute before:-bottom-3 before:left-[9px] before:top-[30px] before:w-0.5",
        !isLast && (step.state === "done" ? "before:bg-[color-mix(in_srgb,var(--ok)_40%,transparent)]" : "before:bg-line"),
      )}
    >
      <Mark state={step.state} />
      <b className={cx("font-semi", step.state === "waiting" && "text-text-2")}>
        {step.name}
        <span className="sr-only">, {STATE_WORDS[step.state]}</span>
      </b>
      <div className="min-w-0">
        <p>
          {step.more === null ? <span className="text-text-2">{step.text}</span> : <b className="font-semi">{step.text}</b>}
          {step.more === null ? null : <span className="text-text-2"> {step.more}</span>}
        </p>
        {step.name === "Live" && change.timings.acceptedAt !== null ? <Proofs change={change} /> : null}
        {step.name === "Observed" && change.kind === "demand" ? <RefusedSince change={change} /> : null}
      </div>
      <span className="text-12 text-text-3">{step.at === null ? "" : isFirst ? formatClockMs(step.at) : sinceAsked(change, step.at)}</span>
    </li>
  );
}

function Mark({ state }: { state: ApplyStep["state"] }) {
  if (state === "done") {
    return (
      <span className="grid size-5 place-items-center self-start rounded-full bg-ok-bg text-ok-text">
        <Icon name="check" size={12} />
      </span>
    );
  }
  return (
    <span className="grid size-5 place-items-center self-start">
      <StatusGlyph tone={state === "failed" ? "fail" : state === "now" ? "info" : "unk"} size={state === "failed" ? 16 : 12} />
    </span>
  );
}

const PROOF_WORDS: Readonly<Record<ProxyProof["state"], string>> = {
  live: "runs it",
  pending: "has not said so yet",
  rejected: "refused it",
  unreachable: "does not answer",
};

/** Which proxies have it: whole services as chips, and each one that has not by name. */
function Proofs({ change }: { change: Change }) {
  const hrefTo = useHref();
  const proxies = useQuery(proxiesQuery());
  const serviceOf = new Map(proxies.data?.value.items.map((proxy) => [proxy.id, proxy.service]));
  const missing = change.live.proxies.filter((proof) => proof.state !== "live");
  return (
    <>
      <span className="mt-1 flex flex-wrap gap-1">
        {proofsByService(change, serviceOf).map((group) => (
          <Chip key={group.service} tone={group.n === group.of ? "ok" : "warn"} className="h-[18px] px-1.5">
            {group.service} {group.n}/{group.of}
          </Chip>
        ))}
      </span>
      {missing.length === 0 || (missing.length === change.live.proxies.length && missing.every((proof) => proof.reason === null)) ? null : (
        <ul className="mt-1.5 grid gap-1 text-12">
          {missing.map((proof) => (
            <li key={proof.id}>
              <EvidenceLink href={hrefTo("/proxy", { id: proof.id })} className="font-mono">
                {proof.id}
              </EvidenceLink>{" "}
              <span className="text-text-2">
                {PROOF_WORDS[proof.state]}
                {proof.reason === null ? null : (
                  <>
                    : <ForeignText text={proof.reason} />
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Who was refused since the demand is live. Nobody so far is said as that. */
function RefusedSince({ change }: { change: DemandChange }) {
  if (change.observed === null) return null;
  const refused = refusedSince(change);
  if (refused.length === 0) return <p className="mt-1 text-12 text-text-2">No connection was refused so far.</p>;
  return (
    <ul aria-label="Refused since" className="mt-1 grid gap-0.5 text-12 text-text-2">
      {refused.map((one) => (
        <li key={one.caller}>
          <ForeignText text={one.caller} className="font-medium text-text" /> refused, {one.words}
        </li>
      ))}
    </ul>
  );
}
