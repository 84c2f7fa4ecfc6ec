"use client";

import { Missing } from "#components/ui/delta.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import { useNow } from "#lib/client/use-now.ts";
import type { Certificate } from "#lib/model/topology.ts";

import { certificateState } from "./certificate-state.ts";

/** Certificates that a proxy holds, the soonest to expire first. */
export function CertificateList({ certificates }: { certificates: readonly Certificate[] }) {
  const now = useNow();
  const sorted = certificates.toSorted((a, b) => (a.expiresAt ?? "9").localeCompare(b.expiresAt ?? "9"));
  return (
    <ul className="pb-2 text-12">
      {sorted.length === 0 ? <li className="px-4 pb-2 text-text-2">It holds none, or did not say.</li> : null}
      {sorted.map((certificate) => {
        const state = certificateState(certificate, now);
        return (
          <li key={`${certificate.serial} ${certificate.role}`} className="grid gap-1 border-t px-4 py-2.5">
            <div className="flex flex-wrap items-center gap-x-3">
              <StatusWord tone={state.tone}>{state.word}</StatusWord>
              <span className="text-text-2">{certificate.role === "workload" ? "its own identity" : "an authority it trusts"}</span>
              <span className="text-text-3">
                until {certificate.expiresAt === null ? <Missing /> : <Moment at={certificate.expiresAt} />}
              </span>
            </div>
            <p className="break-all font-mono text-11 text-text-2">
              {certificate.names.length === 0 ? "no name" : certificate.names.join(", ")}
            </p>
            <p className="text-11 text-text-3">serial {certificate.serial}</p>
          </li>
        );
      })}
    </ul>
  );
}
