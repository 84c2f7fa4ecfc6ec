"use client";

import { Segmented } from "#components/ui/segmented.tsx";
import { SECURITY_VIEWS, type SecurityView } from "#lib/client/security-search-params.ts";

import { ExportLinks } from "./export-links.tsx";

const WORDS: Readonly<Record<SecurityView, string>> = {
  edges: "Edges",
  workloads: "Workloads",
  certificates: "Certificates",
  authorization: "Authorization",
};

export interface ViewBarProps {
  view: SecurityView;
  onView: (view: SecurityView) => void;
}

/** Which table is shown, and the same table as a file. */
export function ViewBar({ view, onView }: ViewBarProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <div className="max-w-full overflow-x-auto p-0.5">
        <Segmented label="Table" value={view} options={SECURITY_VIEWS.map((value) => ({ value, label: WORDS[value] }))} onChange={onView} />
      </div>
      <span className="ml-auto">
        <ExportLinks table={view} what={WORDS[view].toLowerCase()} />
      </span>
    </div>
  );
}
