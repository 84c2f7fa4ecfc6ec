"use client";

import type { ReactNode } from "react";

import { callerName, reasonWords } from "#components/security/security-words.ts";
import { EvidenceLink } from "#components/ui/evidence-link.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { Age } from "#components/ui/moment.tsx";
import { formatQuantity } from "#lib/client/format.ts";
import type { Evidence, ObservedCaller, Refusal, TlsPosture } from "#lib/model/security.ts";

import { callerCame, callerIdentity } from "../model/posture-words.ts";
import { LockGlyph } from "../nodes/lock-glyph.tsx";

/** The panel is narrow: what goes beyond is on the page. */
const MOST = 6;

export interface CallerListProps {
  callers: readonly ObservedCaller[];
  protocol: TlsPosture["protocol"];
  moreHref: string;
}

/** Who was seen calling: by proven identity, or by address where none was shown. */
export function CallerList({ callers, protocol, moreHref }: CallerListProps) {
  if (callers.length === 0) return null;
  return (
    <Rows title="Callers" rest={callers.length - MOST} moreHref={moreHref}>
      {callers.slice(0, MOST).map((caller) => {
        const { text, isProven } = callerIdentity(caller);
        return (
          <li key={`${text} ${caller.transport} ${caller.tlsVersion ?? ""} ${caller.address ?? ""}`} className="flex items-start gap-2">
            <LockGlyph lock={caller.transport} className="mt-0.5" />
            <span className="min-w-0 flex-1">
              <ForeignText text={text} className="break-all font-mono text-11" />
              <span className="block text-text-2">
                {isProven ? "" : "no certificate, "}
                {callerCame(caller, protocol)}, last <Age at={caller.lastSeen} /> ago
              </span>
            </span>
          </li>
        );
      })}
    </Rows>
  );
}

/** Who was refused and why, as the side says that refused. What a refused certificate says is a claim. */
export function RefusalList({ refusals, moreHref }: { refusals: readonly Refusal[]; moreHref: string }) {
  if (refusals.length === 0) return null;
  return (
    <Rows title="Refused" rest={refusals.length - MOST} moreHref={moreHref}>
      {refusals.slice(0, MOST).map((refusal) => (
        <li
          key={`${refusal.source ?? ""} ${refusal.reason} ${refusal.witness} ${refusal.claimed?.uri ?? ""} ${refusal.address ?? ""}`}
          className="flex items-start gap-2"
        >
          <LockGlyph lock="broken" className="mt-0.5" />
          <span className="min-w-0 flex-1">
            <span className="font-medium">{formatQuantity(refusal.count, "connection")}</span> of {callerName(refusal.source)}:{" "}
            {reasonWords(refusal)}
            <span className="block break-words text-text-2">
              {refusal.claimed === null ? null : (
                <>
                  claimed to be <ForeignText text={refusal.claimed.uri} className="break-all font-mono text-11" />,{" "}
                </>
              )}
              {refusal.address === null ? null : (
                <>
                  from <ForeignText text={refusal.address} className="break-all font-mono text-11" />,{" "}
                </>
              )}
              told by the {refusal.witness === "server" ? "callee" : "caller"}, last <Age at={refusal.lastSeen} /> ago
            </span>
          </span>
        </li>
      ))}
    </Rows>
  );
}

/** What the facts rest on, each with its source and age. */
export function EvidenceList({ evidence, moreHref }: { evidence: readonly Evidence[]; moreHref: string }) {
  if (evidence.length === 0) return null;
  return (
    <Rows title="Evidence" rest={evidence.length - MOST} moreHref={moreHref}>
      {evidence.slice(0, MOST).map((one) => (
        <li key={`${one.source} ${one.text}`}>
          <ForeignText text={one.text} />
          <span className="text-text-3">
            {" "}
            <ForeignText text={one.source} />
            {one.observedAt === null ? (
              ", age not known"
            ) : (
              <>
                , <Age at={one.observedAt} /> ago
              </>
            )}
          </span>
        </li>
      ))}
    </Rows>
  );
}

interface RowsProps {
  title: string;
  rest: number;
  moreHref: string;
  children: ReactNode;
}

function Rows({ title, rest, moreHref, children }: RowsProps) {
  return (
    <>
      <h4 className="mb-1 mt-3 text-12 font-semi text-text-2">{title}</h4>
      <ul className="grid gap-1.5 text-12">{children}</ul>
      {rest > 0 ? (
        <p className="mt-1 text-12">
          <EvidenceLink href={moreHref}>and {rest} more</EvidenceLink>
        </p>
      ) : null}
    </>
  );
}
