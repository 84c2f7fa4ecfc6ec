import { cx } from "#components/ui/cx.ts";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import type { PeerIdentity } from "#lib/model/security.ts";

import { shortIdentity } from "./security-words.ts";

/** An identity in a table: its end, with the whole of it for those who point at it or hear it. The opened row has it in full. */
export function ShortIdentity({ identity, className }: { identity: PeerIdentity; className?: string }) {
  const short = shortIdentity(identity);
  return (
    <span className={cx("font-mono text-11", className)}>
      {short === identity.uri ? (
        <ForeignText text={short} />
      ) : (
        <>
          <span aria-hidden="true">
            <ForeignText text={short} title={identity.uri} />
          </span>
          <ForeignText text={identity.uri} className="sr-only" />
        </>
      )}
    </span>
  );
}

/** An identity in full, broken over lines where it is long. */
export function WholeIdentity({ identity }: { identity: PeerIdentity }) {
  return <ForeignText text={identity.uri} className="break-all font-mono text-11" />;
}

/** The first of some identities, and how many more there are. */
export function FirstIdentity({ identities }: { identities: readonly PeerIdentity[] }) {
  const [first] = identities;
  if (first === undefined) return null;
  return (
    <span className="inline-flex items-center gap-1.5">
      <ShortIdentity identity={first} />
      {identities.length > 1 ? <span className="text-text-3">and {identities.length - 1} more</span> : null}
    </span>
  );
}
