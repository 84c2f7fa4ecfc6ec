import type { DatabaseSync } from "node:sqlite";

import { byName } from "#lib/model/name-order.ts";
import type { TraceService } from "#lib/model/trace.ts";

import { type Operation, OPERATION_COLUMNS, operationOf } from "./operation-names.ts";

/** Operations that are listed of one service, those with most spans. */
export const MOST_OPERATIONS = 1_000;

type ListedOperation = TraceService["operations"][number] & { spans: number };

interface ListedService {
  service: string;
  namespace: string | null;
  versions: Set<string>;
  operations: Map<string, ListedOperation>;
}

function addOperation(service: ListedService, { version, name, kind }: Operation, spans: number): void {
  if (version !== null) service.versions.add(version);
  const key = `${kind} ${name}`;
  const known = service.operations.get(key);
  if (known === undefined) service.operations.set(key, { name, kind, spans });
  else known.spans += spans;
}

/** Services by name with their operations by number of spans; `isCut` = some service has more than are listed. */
export function readServices(db: DatabaseSync): { services: TraceService[]; isCut: boolean } {
  const listed = new Map<number, ListedService>();
  for (const row of db.prepare(`SELECT ${OPERATION_COLUMNS}, o.spans FROM operations o JOIN services v ON v.id = o.service_id`).iterate()) {
    const operation = operationOf(row);
    const { serviceId, service, namespace } = operation;
    const known = listed.get(serviceId) ?? {
      service,
      namespace,
      versions: new Set<string>(),
      operations: new Map<string, ListedOperation>(),
    };
    listed.set(serviceId, known);
    addOperation(known, operation, Number(row["spans"]));
  }
  const services = [...listed.values()].map(({ service, namespace, versions, operations }) => ({
    service,
    namespace,
    versions: [...versions].toSorted(byName),
    operations: [...operations.values()].toSorted((a, b) => b.spans - a.spans || byName(a.name, b.name)).slice(0, MOST_OPERATIONS),
  }));
  return {
    services: services.toSorted((a, b) => byName(a.service, b.service) || byName(a.namespace ?? "", b.namespace ?? "")),
    isCut: [...listed.values()].some(({ operations }) => operations.size > MOST_OPERATIONS),
  };
}
