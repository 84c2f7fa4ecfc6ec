/** Additive numbers of one row, in the order of `EdgeTraffic`. */
export const COLUMNS = 9;

/** Initial rows of an open frame; it doubles when full. */
const FIRST_ROWS = 64;

/**
 * The traffic of all series in one step of time, in columns: row r holds the numbers of series `series[r]`. Durations and
 * flags are sparse: most rows use a few of many buckets, so they are kept as (row, dimension, count) triples.
 * A frame is open while samples may still come, and sealed into exact-size arrays afterwards.
 */
export class Frame {
  readonly slot: number;
  isReported = false;
  rows = 0;
  series: Uint32Array;
  columns: Uint32Array;
  sparseRows = 0;
  sparse: Uint32Array;
  private rowOf: Map<number, number> | null = new Map();
  private sparseOf: Map<number, number> | null = new Map();

  constructor(slot: number) {
    this.slot = slot;
    this.series = new Uint32Array(FIRST_ROWS);
    this.columns = new Uint32Array(FIRST_ROWS * COLUMNS);
    this.sparse = new Uint32Array(FIRST_ROWS * 3 * 4);
  }

  get isSealed(): boolean {
    return this.rowOf === null;
  }

  get bytes(): number {
    return this.series.byteLength + this.columns.byteLength + this.sparse.byteLength;
  }

  /** The row of a series, made when it is new. Only for open frames. */
  row(series: number): number {
    if (this.rowOf === null) throw new Error("a sealed frame takes no more rows");
    const known = this.rowOf.get(series);
    if (known !== undefined) return known;
    if (this.rows === this.series.length) {
      this.series = grown(this.series, this.rows * 2);
      this.columns = grown(this.columns, this.rows * 2 * COLUMNS);
    }
    const row = this.rows++;
    this.series[row] = series;
    this.rowOf.set(series, row);
    return row;
  }

  add(row: number, column: number, value: number): void {
    const at = row * COLUMNS + column;
    this.columns[at] = (this.columns[at] ?? 0) + value;
  }

  addSparse(row: number, dimension: number, value: number): void {
    if (this.sparseOf === null) throw new Error("a sealed frame takes no more rows");
    const key = row * 65_536 + dimension;
    let at = this.sparseOf.get(key);
    if (at === undefined) {
      if ((this.sparseRows + 1) * 3 > this.sparse.length) this.sparse = grown(this.sparse, this.sparse.length * 2);
      at = this.sparseRows++ * 3;
      this.sparse[at] = row;
      this.sparse[at + 1] = dimension;
      this.sparseOf.set(key, at);
    }
    this.sparse[at + 2] = (this.sparse[at + 2] ?? 0) + value;
  }

  /** Gives back the room that only growing needed. */
  seal(): void {
    if (this.isSealed) return;
    this.series = this.series.slice(0, this.rows);
    this.columns = this.columns.slice(0, this.rows * COLUMNS);
    this.sparse = this.sparse.slice(0, this.sparseRows * 3);
    this.rowOf = null;
    this.sparseOf = null;
  }
}

function grown(array: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(array);
  return larger;
}
