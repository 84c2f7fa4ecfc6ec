import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { SpanKind } from "#lib/model/trace.ts";

import { kindOf } from "./span-columns.ts";

export interface Operation {
  serviceId: number;
  service: string;
  namespace: string | null;
  version: string | null;
  name: string;
  kind: SpanKind;
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** The fields of a row of operations joined with services, as `OPERATION_COLUMNS` names them. */
export function operationOf(row: Record<string, unknown>): Operation {
  return {
    serviceId: Number(row["service_id"]),
    service: String(row["service"]),
    namespace: textOrNull(row["namespace"]),
    version: textOrNull(row["version"]),
    name: String(row["name"]),
    kind: kindOf(Number(row["kind"])),
  };
}

export const OPERATION_COLUMNS = "o.service_id, v.service, v.namespace, o.version, o.name, o.kind";

/** What the numbers of operations stand for. A number never changes its meaning while a file is open. */
export class OperationNames {
  private readonly find: StatementSync;
  private readonly known = new Map<number, Operation>();

  constructor(db: DatabaseSync) {
    this.find = db.prepare(`SELECT ${OPERATION_COLUMNS} FROM operations o JOIN services v ON v.id = o.service_id WHERE o.id = ?`);
  }

  of(id: number): Operation {
    let operation = this.known.get(id);
    if (operation === undefined) {
      const row = this.find.get(id);
      if (row === undefined) throw new Error(`operation ${id} has spans but no name`);
      operation = operationOf(row);
      this.known.set(id, operation);
    }
    return operation;
  }
}
