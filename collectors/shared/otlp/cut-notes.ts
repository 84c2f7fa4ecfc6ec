import { printable } from "#lib/routing/printable.ts";

const MAX_NAMED = 5;
const digits = new Intl.NumberFormat("en-US");

/** Collects what was cut of one span or resource, for the sentence that says it. */
export class CutNotes {
  private readonly parts: string[] = [];
  private more = 0;

  /** A list of which only `kept` of `total` are left. */
  list(kept: number, total: number, what: string): void {
    if (kept < total) this.parts.push(`kept ${digits.format(kept)} of ${digits.format(total)} ${what}`);
  }

  /** A text or value of which the beginning is left. Many of them are counted, the first ones named. */
  beginning(name: string, kept: number, total: number, unit: "bytes" | "characters"): void {
    this.part(() => `${printable(name)} kept ${digits.format(kept)} of ${digits.format(total)} ${unit}`);
  }

  /** A value that was too deeply nested. */
  depth(name: string, levels: number): void {
    this.part(() => `${printable(name)} kept ${levels} levels of nesting`);
  }

  /** What is gone altogether. */
  leftOut(count: number, what: string): void {
    if (count > 0) this.parts.push(`left out ${digits.format(count)} ${what}`);
  }

  private part(sentence: () => string): void {
    if (this.parts.length < MAX_NAMED) this.parts.push(sentence());
    else this.more += 1;
  }

  /** One sentence; empty = nothing was cut. */
  sentence(): string {
    const more = this.more > 0 ? [`cut ${digits.format(this.more)} more values`] : [];
    return [...this.parts, ...more].join("; ");
  }
}
