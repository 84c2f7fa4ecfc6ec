import Link from "next/link.js";
import type { ReactNode } from "react";

import { cx } from "./cx.ts";

export interface EvidenceLinkProps {
  href: string;
  children: ReactNode;
  className?: string;
}

/** A number or a name that leads to what stands behind it. */
export function EvidenceLink({ href, children, className }: EvidenceLinkProps) {
  return (
    <Link href={href} prefetch={false} className={cx("evidence", className)}>
      {children}
    </Link>
  );
}
