"use client";

import { buttonClass } from "#components/ui/button.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { useView } from "#lib/client/search-params.ts";
import { securityExportUrl, type SecurityExportTable } from "#lib/client/security-queries.ts";

const FORMATS = ["csv", "json"] as const;

export interface ExportLinksProps {
  table: SecurityExportTable;
  /** What the table holds, for those who hear the links. */
  what: string;
}

/** A table as a file: all its rows of this window and these namespaces, whatever else narrows them here. */
export function ExportLinks({ table, what }: ExportLinksProps) {
  const { window, namespaces } = useView();
  return (
    <span className="inline-flex items-center gap-1">
      {FORMATS.map((format) => (
        <a
          key={format}
          href={securityExportUrl({ window, namespaces }, table, format)}
          download={`security-${table}.${format}`}
          className={buttonClass({ kind: "quiet", isSmall: true })}
        >
          <Icon name="file" size={14} />
          <span className="sr-only">All {what} as </span>
          {format.toUpperCase()}
        </a>
      ))}
    </span>
  );
}
