import type { ReactNode } from "react";

export interface PageHeaderProps {
  /** Where this page hangs: "Changes / reviews". */
  trail?: ReactNode;
  /** A sentence, or the name of the thing. */
  title: ReactNode;
  children?: ReactNode;
}

/** Title of a page. Its height does not depend on what has been loaded. */
export function PageHeader({ trail, title, children }: PageHeaderProps) {
  return (
    <div className="flex min-h-11 flex-none flex-wrap items-end gap-x-3 gap-y-2">
      <div className="min-w-0">
        <p className="min-h-[17px] text-12 text-text-3">{trail}</p>
        <h1 className="max-tablet:min-h-[50px] text-20 font-semi leading-tight tracking-[-0.012em]">{title}</h1>
      </div>
      {children === undefined ? null : <div className="ml-auto flex flex-wrap items-center gap-2">{children}</div>}
    </div>
  );
}

/** The frame of every page but the map. */
export function Page({ children, isFull = false }: { children: ReactNode; isFull?: boolean }) {
  return (
    <div className={`flex flex-col gap-(--gap-panel) px-5 py-4 max-tablet:px-4 ${isFull ? "h-full min-h-[520px]" : "min-h-full"}`}>
      {children}
    </div>
  );
}
