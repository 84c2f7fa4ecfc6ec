import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import { type EdgeIdentity, parseEdgeId } from "#lib/model/ids.ts";

/** What is asked about below the whole mesh: all calls to a service, or those along one edge. */
export type Subject = { kind: "service"; id: string } | ({ kind: "edge" } & EdgeIdentity);

/** Reads `service:<node id>` or `edge:<edge id>`. Errors: INVALID for what is neither; whether it exists is not looked at. */
export function readSubject(text: string): Result<Subject> {
  const [, kind, id = ""] = /^(service|edge):(.+)$/s.exec(text) ?? [];
  if (kind === "service") return ok({ kind, id });
  const edge = kind === "edge" ? parseEdgeId(id) : null;
  if (edge !== null) return ok({ kind: "edge", ...edge });
  return err(
    new WeftError("INVALID", `${text} is neither a service nor an edge`, {
      field: "subject",
      mend: "Give service:<id>, or edge:<source>|<target>|<protocol>",
    }),
  );
}
