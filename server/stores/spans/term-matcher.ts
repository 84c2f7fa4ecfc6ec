import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { SearchTerm } from "#lib/model/trace.ts";

import type { Effort } from "./effort.ts";
import type { SpanCodec } from "./span-codec.ts";

/** Spans whose bytes are read for their attributes in one search. */
const MOST_READ = 400_000;
const READS_BETWEEN_LOOKS = 256;

type SpanRow = Record<string, unknown>;

/** Looks into spans for their attributes, so many in one search. */
export class TermMatcher {
  private readonly codec: SpanCodec;
  private readonly terms: readonly SearchTerm[];
  private readonly row: StatementSync;
  private readonly resource: StatementSync;
  private readonly resources = new Map<number, Uint8Array>();
  private read = 0;
  private nextLook = READS_BETWEEN_LOOKS;
  private isSpent = false;

  constructor(db: DatabaseSync, codec: SpanCodec, terms: readonly SearchTerm[]) {
    this.codec = codec;
    this.terms = terms;
    this.row = db.prepare("SELECT body, resource_id FROM spans WHERE id = ?");
    this.resource = db.prepare("SELECT body FROM resources WHERE id = ?");
  }

  /** No more may be read. */
  isDone(effort: Effort): boolean {
    if (this.read >= this.nextLook) {
      this.nextLook = this.read + READS_BETWEEN_LOOKS;
      this.isSpent ||= effort.isSpent();
    }
    return this.isSpent || this.read >= MOST_READ;
  }

  matches(id: number): boolean {
    return this.isMet(this.row.get(id));
  }

  /** Whether one of the rows with `body` and `resource_id` matches. */
  matchesAny(rows: Iterable<SpanRow>): boolean {
    for (const row of rows) if (this.isMet(row)) return true;
    return false;
  }

  private isMet(row: SpanRow | undefined): boolean {
    this.read++;
    if (!(row?.["body"] instanceof Uint8Array)) return false;
    return this.codec.matches(row["body"], this.resourceBody(Number(row["resource_id"])), this.terms);
  }

  private resourceBody(id: number): Uint8Array {
    let body = this.resources.get(id);
    if (body === undefined) {
      const found = this.resource.get(id)?.["body"];
      body = found instanceof Uint8Array ? found : new Uint8Array();
      this.resources.set(id, body);
    }
    return body;
  }
}
