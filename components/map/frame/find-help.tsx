import { FIND_HELP, FIND_HELP_HIDE } from "../model/find-help.ts";

/** What the find box understands, folded away until it is wanted. */
export function FindHelp() {
  return (
    <details className="relative w-fit max-w-full">
      <summary className="evidence min-h-6 w-fit cursor-pointer leading-6">What can be found</summary>
      <dl className="absolute left-0 top-full z-30 grid w-max max-w-[460px] grid-cols-[auto_1fr] gap-x-3 gap-y-1 rounded-2 bg-raised p-3 shadow-2">
        {[...FIND_HELP, FIND_HELP_HIDE].map(({ example, what }) => (
          <div key={example} className="contents">
            <dt className="font-mono text-text">{example}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
