import { Page, PageHeader } from "#components/ui/page-header.tsx";

const ROWS = ["w-3/5", "w-1/2", "w-[45%]", "w-2/5", "w-[54%]", "w-[35%]", "w-1/3", "w-1/4"] as const;

/** The page before its trace is here: every part has the place and the height that it will have. */
export function TraceSkeleton() {
  return (
    <Page isFull>
      <PageHeader trail="Traces" title={<span className="skeleton">This trace is being read…</span>} />
      <section className="panel h-13 flex-none" />
      <section className="panel h-[70px] flex-none" />
      <section className="panel min-h-0 flex-1 overflow-clip" aria-busy="true" aria-label="Trace, loading">
        <div className="h-[100px]" />
        {ROWS.map((width) => (
          <div key={width} className="flex h-(--row-h) items-center gap-6 px-4">
            <span className="skeleton h-3 w-40 flex-none" />
            <span className={`skeleton h-3 ${width}`} />
          </div>
        ))}
      </section>
    </Page>
  );
}
