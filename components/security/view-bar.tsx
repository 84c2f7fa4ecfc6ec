"use client";

import { buttonClass } from "#components/ui/button.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { securityExportUrl } from "#lib/client/security-queries.ts";
import type { View } from "#lib/client/query-options.ts";
import { SECURITY_VIEWS, type SecurityView } from "#lib/client/security-search-params.ts";

const WORDS: Readonly<Record<SecurityView, string>> = {
  edges: "Edges",
  workloads: "Workloads",
  certificates: "Certificates",
  authorization: "Authorization",
};

const FORMATS = ["csv", "json"] as const;

export interface ViewBarProps {
  view: SecurityView;
  /** Window and namespaces that a file is of. */
  range: View;
  onView: (view: SecurityView) => void;
}

/** Which table is shown, and the same table as a file: all its rows, whatever narrows them here. */
export function ViewBar({ view, range, onView }: ViewBarProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <div className="max-w-full overflow-x-auto p-0.5">
        <Segmented label="Table" value={view} options={SECURITY_VIEWS.map((value) => ({ value, label: WORDS[value] }))} onChange={onView} />
      </div>
      <span className="ml-auto flex items-center gap-1">
        {FORMATS.map((format) => (
          <a
            key={format}
            href={securityExportUrl(range, view, format)}
            download={`security-${view}.${format}`}
            className={buttonClass({ kind: "quiet", isSmall: true })}
          >
            <Icon name="file" size={14} />
            <span className="sr-only">All {WORDS[view].toLowerCase()} as </span>
            {format.toUpperCase()}
          </a>
        ))}
      </span>
    </div>
  );
}
