import type { ReactNode } from "react";

import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Chip } from "#components/ui/chip.tsx";
import { cx } from "#components/ui/cx.ts";
import { Icon } from "#components/ui/icon.tsx";
import { StatusGlyph } from "#components/ui/status-glyph.tsx";
import { toneOf } from "#components/ui/tone.ts";
import type { HealthStatus } from "#lib/model/graph.ts";

export interface InspectorHeaderProps {
  /** `null` for what is not judged. */
  status: HealthStatus | null;
  title: ReactNode;
  /** "namespace reviews", "http". */
  detail: string;
  /** Page of the thing; left out where it has none. */
  href?: string;
  hrefLabel?: string;
  pin?: { isPinned: boolean; onToggle: () => void };
  onClose: () => void;
}

/** Name, status and ways out of what is selected. */
export function InspectorHeader({ status, title, detail, href, hrefLabel, pin, onClose }: InspectorHeaderProps) {
  return (
    <header className="sticky top-0 z-10 flex min-h-[45px] items-center gap-2 border-b bg-surface py-2 pl-4 pr-2.5">
      {status === null ? <Icon name="globe" className="text-text-3" /> : <StatusGlyph tone={toneOf(status)} size={16} />}
      <h2 className="min-w-0 truncate text-16 font-semi leading-tight">{title}</h2>
      {status === null ? null : <Chip {...(status === "healthy" ? {} : { tone: toneOf(status) })}>{status}</Chip>}
      <span className="min-w-0 flex-1 truncate text-12 text-text-3">{detail}</span>
      <span className="flex flex-none gap-0.5">
        {href === undefined ? null : (
          <ButtonLink kind="quiet" isSmall isIconOnly href={href} aria-label={hrefLabel ?? "Open its page"}>
            <Icon name="open" size={14} />
          </ButtonLink>
        )}
        {pin === undefined ? null : (
          <Button
            kind="quiet"
            isSmall
            isIconOnly
            aria-pressed={pin.isPinned}
            aria-label={pin.isPinned ? "Unpin from its place on the map" : "Pin to its place on the map"}
            onClick={pin.onToggle}
            className={cx(pin.isPinned && "bg-info-bg text-info-text")}
          >
            <Icon name="pin" size={14} />
          </Button>
        )}
        <Button kind="quiet" isSmall isIconOnly aria-label="Close" onClick={onClose}>
          <Icon name="close" size={14} />
        </Button>
      </span>
    </header>
  );
}

export interface InspectorSectionProps {
  children: ReactNode;
  className?: string;
}

export function InspectorSection({ children, className }: InspectorSectionProps) {
  return <section className={cx("border-b px-4 py-3 last:border-b-0", className)}>{children}</section>;
}

export interface InspectorFrameProps {
  label: string;
  className?: string;
  children: ReactNode;
}

/** The panel beside the map; a sheet from below on a phone. */
export function InspectorFrame({ label, className, children }: InspectorFrameProps) {
  return (
    <aside aria-label={label} className={cx("flex min-h-0 flex-col overflow-y-auto bg-surface *:flex-none", className)}>
      {children}
    </aside>
  );
}
