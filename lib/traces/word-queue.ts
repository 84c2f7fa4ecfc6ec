const FIRST_PLACES = 1_024;

/**
 * A queue of entries of a few 32-bit words, each with the instant at which its turn comes; instants must not run backwards.
 *
 * A ring in two typed arrays: entry `n` since the beginning has the place `n & (places - 1)`, its words at `place * fields`.
 * The number of places is a power of two, doubled when all are taken. What is taken off keeps its words until the next `push`.
 */
export class WordQueue {
  readonly #fields: number;
  #words: Int32Array<ArrayBuffer>;
  #dueMs = new Float64Array(FIRST_PLACES);
  #first = 0;
  #length = 0;

  constructor(fields: number) {
    this.#fields = fields;
    this.#words = new Int32Array(FIRST_PLACES * fields);
  }

  get length(): number {
    return this.#length;
  }

  /** When the turn of the first entry comes; infinity = there is none. */
  get firstDueMs(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : (this.#dueMs[this.#first] ?? 0);
  }

  /** Place of a new last entry; all its fields are still to be set. */
  push(dueMs: number): number {
    if (this.#length === this.#dueMs.length) this.#grow();
    const place = this.place(this.#length++);
    this.#dueMs[place] = dueMs;
    return place;
  }

  /** Takes the first entry off. There must be one. */
  shift(): number {
    const place = this.#first;
    this.#first = this.place(1);
    this.#length--;
    return place;
  }

  /** Place of the entry before which `index` others wait. */
  place(index: number): number {
    return (this.#first + index) & (this.#dueMs.length - 1);
  }

  get(place: number, field: number): number {
    return this.#words[place * this.#fields + field] ?? 0;
  }

  set(place: number, field: number, value: number): void {
    this.#words[place * this.#fields + field] = value;
  }

  /** Called when every place is taken. What went round to the front goes on behind the former end; what is outgrown is freed at once. */
  #grow(): void {
    const places = this.#dueMs.length;
    this.#words = new Int32Array(this.#words.buffer.transfer(this.#words.byteLength * 2));
    this.#words.copyWithin(places * this.#fields, 0, this.#first * this.#fields);
    this.#dueMs = new Float64Array(this.#dueMs.buffer.transfer(this.#dueMs.byteLength * 2));
    this.#dueMs.copyWithin(places, 0, this.#first);
  }
}
