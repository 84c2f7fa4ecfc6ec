import { cx } from "./cx.ts";

/** `2/3` = two of three proxies answer; `null` = none is known. */
export function ProxyCount({ proxies }: { proxies: { n: number; of: number } | null }) {
  if (proxies === null) return <span className="text-text-3">none known</span>;
  return (
    <span className={cx(proxies.n < proxies.of && "font-semi text-warn-text")}>
      {proxies.n}/{proxies.of}
    </span>
  );
}
