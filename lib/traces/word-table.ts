const FIRST_ROWS = 1_024;

/**
 * A hash table from keys of a few 32-bit words to rows of a few 32-bit words. All rows lie in one typed array, so that
 * hundreds of thousands of them are nothing to the collector of garbage, and finding one makes no object and no text.
 *
 * Row `r` (from 1 on; 0 = none) has its words at `r * stride`: the next row of its chain, its key, its fields. `heads` holds
 * the first row of each chain, and there are as many chains as rows have room: a power of two, doubled when rows are used up.
 * Released rows form one more chain and are used again first. A row's number stays the same as long as it is claimed.
 */
export class WordTable {
  /** Write the key here before `claim`. */
  readonly key: Int32Array;
  readonly #seed: number;
  readonly #fieldsAt: number;
  readonly #stride: number;
  #words: Int32Array<ArrayBuffer>;
  #heads = new Int32Array(FIRST_ROWS);
  #firstFree = 0;
  /** The least number that no row ever had. */
  #end = 1;

  /** `seed`: ids come from outside; with a number that nobody knows nobody can send many that share a chain. */
  constructor({ keyWords, fields, seed = 0 }: { keyWords: number; fields: number; seed?: number }) {
    this.key = new Int32Array(keyWords);
    this.#seed = seed;
    this.#fieldsAt = 1 + keyWords;
    this.#stride = 1 + keyWords + fields;
    this.#words = new Int32Array(FIRST_ROWS * this.#stride);
  }

  /** Every row that was claimed since the last `clear` has a number below it. */
  get end(): number {
    return this.#end;
  }

  /** The row of the key; a new one has zeros in all fields. */
  claim(): number {
    const words = this.#words;
    const stride = this.#stride;
    let row = this.#heads[this.#chainOf(this.key, 0)] ?? 0;
    while (row !== 0) {
      if (this.#hasKey(row)) return row;
      row = words[row * stride] ?? 0;
    }
    return this.#insert();
  }

  /** Gives a claimed row back. */
  release(row: number): void {
    const words = this.#words;
    const stride = this.#stride;
    const chain = this.#chainOf(words, row * stride + 1);
    const next = words[row * stride] ?? 0;
    let before = 0;
    for (let one = this.#heads[chain] ?? 0; one !== row; one = words[one * stride] ?? 0) before = one;
    if (before === 0) this.#heads[chain] = next;
    else words[before * stride] = next;
    words[row * stride] = this.#firstFree;
    this.#firstFree = row;
  }

  /** Gives all rows back. The room stays: as much is likely to come again. */
  clear(): void {
    this.#heads.fill(0);
    this.#firstFree = 0;
    this.#end = 1;
  }

  get(row: number, field: number): number {
    return this.#words[row * this.#stride + this.#fieldsAt + field] ?? 0;
  }

  set(row: number, field: number, value: number): void {
    this.#words[row * this.#stride + this.#fieldsAt + field] = value;
  }

  add(row: number, field: number, value: number): void {
    const at = row * this.#stride + this.#fieldsAt + field;
    this.#words[at] = (this.#words[at] ?? 0) + value;
  }

  /** A word of the key of a claimed row. */
  keyWord(row: number, index: number): number {
    return this.#words[row * this.#stride + 1 + index] ?? 0;
  }

  #insert(): number {
    if (this.#firstFree === 0 && this.#end === this.#heads.length) this.#grow();
    const words = this.#words;
    let row = this.#firstFree;
    if (row === 0) row = this.#end++;
    else this.#firstFree = words[row * this.#stride] ?? 0;
    const at = row * this.#stride;
    const { key } = this;
    for (let index = 0; index < key.length; index++) words[at + 1 + index] = key[index] ?? 0;
    for (let index = this.#fieldsAt; index < this.#stride; index++) words[at + index] = 0;
    this.#link(row);
    return row;
  }

  /** Called when every row is claimed, so that all of them have a chain to go to. What is outgrown is freed at once. */
  #grow(): void {
    this.#words = new Int32Array(this.#words.buffer.transfer(this.#words.byteLength * 2));
    this.#heads = new Int32Array(this.#heads.buffer.transfer(this.#heads.byteLength * 2)).fill(0);
    for (let row = 1; row < this.#end; row++) this.#link(row);
  }

  #link(row: number): void {
    const at = row * this.#stride;
    const chain = this.#chainOf(this.#words, at + 1);
    this.#words[at] = this.#heads[chain] ?? 0;
    this.#heads[chain] = row;
  }

  #hasKey(row: number): boolean {
    const words = this.#words;
    const { key } = this;
    const at = row * this.#stride + 1;
    // From the end: the spans of a trace share all but the last words.
    for (let index = key.length - 1; index >= 0; index--) if (words[at + index] !== key[index]) return false;
    return true;
  }

  /**
   * Mixes each word in with the multipliers and shifts of MurmurHash3's last step, so that every bit of it reaches those that
   * choose the chain. In a mere sum of products a change of one word could be made good in another, whatever the seed.
   */
  #chainOf(words: Int32Array, at: number): number {
    let hash = this.#seed | 0;
    const end = at + this.key.length;
    for (let index = at; index < end; index++) {
      hash = Math.imul(hash ^ (words[index] ?? 0), 0x85eb_ca6b);
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
    }
    return (hash ^ (hash >>> 16)) & (this.#heads.length - 1);
  }
}
