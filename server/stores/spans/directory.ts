import { createHash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { ResourceRecord } from "#lib/ports/span-store.ts";

import { storedText } from "./span-columns.ts";
import { keyOfBytes } from "./span-sides.ts";

/** Names remembered before all are forgotten and looked up again: hostile senders make up endless names. */
const MOST_REMEMBERED = 50_000;

const TABLES = ["services", "operations", "resources"] as const;
type Table = (typeof TABLES)[number];

/** Who sent a span, in numbers of rows. */
interface Sender {
  resourceId: number;
  serviceId: number;
  version: string | null;
  /** Row numbers by name, for each kind. */
  operations: Map<string, number>[];
}

interface TableStatements {
  add: StatementSync;
  subtract: StatementSync;
  removeUnused: StatementSync;
}

/** Bytes up to which a resource is remembered as it is, which is cheaper than its hash. */
const SMALL_BODY = 1_024;

/** Says all that `hashOf` is made of. */
function keyOf({ service, namespace, version, body }: ResourceRecord, hash: () => Buffer): string {
  if (body.length > SMALL_BODY) return hash().toString("latin1");
  return `${JSON.stringify([service, namespace, version])} ${keyOfBytes(body)}`;
}

function hashOf({ service, namespace, version, body }: ResourceRecord): Buffer {
  return createHash("sha256")
    .update(JSON.stringify([service, namespace, version]))
    .update(body)
    .digest();
}

/**
 * Services, operations and resources: each written once, found again by what it is, and removed with the last span that
 * refers to it. Works inside the transaction of its caller, who calls `forget` when that is rolled back.
 */
export class Directory {
  private readonly statements: Record<Table, TableStatements>;
  private readonly findService: StatementSync;
  private readonly addService: StatementSync;
  private readonly findOperation: StatementSync;
  private readonly addOperation: StatementSync;
  private readonly findResource: StatementSync;
  private readonly addResource: StatementSync;
  private senders = new Map<string, Sender>();
  private byRecord = new WeakMap<ResourceRecord, Sender>();
  private remembered = 0;
  private readonly changes: Record<Table, Map<number, number>> = { services: new Map(), operations: new Map(), resources: new Map() };

  constructor(db: DatabaseSync) {
    const of = (table: Table): TableStatements => ({
      add: db.prepare(`UPDATE ${table} SET spans = spans + ? WHERE id = ?`),
      subtract: db.prepare(`UPDATE ${table} SET spans = spans + ? WHERE id = ? RETURNING spans`),
      removeUnused: db.prepare(`DELETE FROM ${table} WHERE id = ? AND spans <= 0`),
    });
    this.statements = { services: of("services"), operations: of("operations"), resources: of("resources") };
    this.findService = db.prepare("SELECT id FROM services WHERE service = ? AND namespace IS ?");
    this.addService = db.prepare("INSERT INTO services (service, namespace, spans) VALUES (?, ?, 0)");
    this.findOperation = db.prepare("SELECT id FROM operations WHERE service_id = ? AND name = ? AND kind = ? AND version IS ?");
    this.addOperation = db.prepare("INSERT INTO operations (service_id, version, name, kind, spans) VALUES (?, ?, ?, ?, 0)");
    this.findResource = db.prepare("SELECT id FROM resources WHERE hash = ?");
    this.addResource = db.prepare("INSERT INTO resources (hash, body, spans) VALUES (?, ?, 0)");
  }

  sender(record: ResourceRecord): Sender {
    const known = this.byRecord.get(record);
    if (known !== undefined) return known;
    const key = keyOf(record, () => hashOf(record));
    const sender = this.senders.get(key) ?? this.lookUp(record, hashOf(record));
    this.senders.set(key, sender);
    this.byRecord.set(record, sender);
    return sender;
  }

  operationId(sender: Sender, kind: number, name: string): number {
    const operations = (sender.operations[kind] ??= new Map());
    let id = operations.get(name);
    if (id === undefined) {
      const values = [sender.serviceId, storedText(name), kind, sender.version] as const;
      const found = this.findOperation.get(...values)?.["id"];
      id =
        found === undefined ? this.added("operations", this.addOperation.run(values[0], values[3], values[1], values[2])) : Number(found);
      operations.set(name, id);
      this.remembered++;
    }
    return id;
  }

  /** Counts spans that refer to these rows: `by` is negative for spans that were removed. */
  count(serviceId: number, operationId: number, resourceId: number, by: number): void {
    const { services, operations, resources } = this.changes;
    services.set(serviceId, (services.get(serviceId) ?? 0) + by);
    operations.set(operationId, (operations.get(operationId) ?? 0) + by);
    resources.set(resourceId, (resources.get(resourceId) ?? 0) + by);
  }

  /** Writes the counts; the last act before the commit. */
  settle(): void {
    let isAnyRemoved = false;
    for (const table of TABLES) {
      const { add, subtract, removeUnused } = this.statements[table];
      for (const [id, by] of this.changes[table]) {
        if (by > 0) add.run(by, id);
        // 0 = looked up or made for spans that were all here already.
        else if (by === 0 || Number(subtract.get(by, id)?.["spans"]) <= 0) isAnyRemoved = removeUnused.run(id).changes > 0 || isAnyRemoved;
      }
      this.changes[table].clear();
    }
    if (isAnyRemoved || this.remembered > MOST_REMEMBERED) this.forget();
  }

  forget(): void {
    this.senders = new Map();
    this.byRecord = new WeakMap();
    this.remembered = 0;
    for (const table of TABLES) this.changes[table].clear();
  }

  private lookUp(record: ResourceRecord, hash: Buffer): Sender {
    const service = storedText(record.service);
    const namespace = record.namespace === null ? null : storedText(record.namespace);
    const foundService = this.findService.get(service, namespace)?.["id"];
    const serviceId = foundService === undefined ? this.added("services", this.addService.run(service, namespace)) : Number(foundService);
    const foundResource = this.findResource.get(hash)?.["id"];
    const resourceId =
      foundResource === undefined ? this.added("resources", this.addResource.run(hash, record.body)) : Number(foundResource);
    this.remembered++;
    return { resourceId, serviceId, version: record.version === null ? null : storedText(record.version), operations: [] };
  }

  private added(table: Table, { lastInsertRowid }: { lastInsertRowid: number | bigint }): number {
    const id = Number(lastInsertRowid);
    this.changes[table].set(id, 0);
    return id;
  }
}
