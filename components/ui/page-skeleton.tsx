import { Page, PageHeader } from "./page-header.tsx";

const ROWS = [70, 50, 62, 45, 66, 54, 48, 60] as const;
const WIDTHS: Readonly<Record<number, string>> = {
  70: "w-[70%]",
  50: "w-1/2",
  62: "w-[62%]",
  45: "w-[45%]",
  66: "w-[66%]",
  54: "w-[54%]",
  48: "w-[48%]",
  60: "w-3/5",
};

/** A page before the browser knows its address: the frame and the places of what will come. */
export function PageSkeleton({ title }: { title: string }) {
  return (
    <Page isFull>
      <PageHeader title={title} />
      <section className="panel flex-1" aria-busy="true" aria-label={`${title}, loading`}>
        <div className="h-10" />
        <div className="h-7 border-b" />
        {ROWS.map((width) => (
          <div key={width} className="flex h-(--row-h) items-center border-b px-4">
            <span className={`skeleton h-3 ${WIDTHS[width] ?? ""}`} />
          </div>
        ))}
      </section>
    </Page>
  );
}
