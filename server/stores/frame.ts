/** Additive numbers of one row, in the order of `EdgeTraffic`. */
export const COLUMNS = 9;

/** Initial rows of an open frame; it doubles when full. */
const FIRST_ROWS = 64;

/** Room per row for durations and flags while a frame is open; it doubles when more kinds are met. */
const FIRST_STRIDE = 32;

/**
 * The traffic of all series in one step of time, in columns: row r holds the numbers of series `series[r]`. While samples
 * may still come, durations and flags stand in a dense table (one cell per row and dimension: adding is one index). A
 * sealed frame keeps only the cells that are not zero, as (row, dimension, count) triples: most rows use few of many.
 */
export class Frame {
  readonly slot: number;
  isReported = false;
  rows = 0;
  series: Uint32Array = new Uint32Array(FIRST_ROWS);
  columns: Uint32Array = new Uint32Array(FIRST_ROWS * COLUMNS);
  private stride = FIRST_STRIDE;
  private dense: Uint32Array | null = new Uint32Array(FIRST_ROWS * FIRST_STRIDE);
  private triples: Uint32Array = new Uint32Array(0);
  private rowOf: Map<number, number> | null = new Map();

  constructor(slot: number) {
    this.slot = slot;
  }

  get isSealed(): boolean {
    return this.rowOf === null;
  }

  get bytes(): number {
    return this.series.byteLength + this.columns.byteLength + this.triples.byteLength + (this.dense?.byteLength ?? 0);
  }

  /** The row of a series, made when it is new. Only for open frames. */
  row(series: number): number {
    if (this.rowOf === null) throw new Error("a sealed frame takes no more rows");
    const known = this.rowOf.get(series);
    if (known !== undefined) return known;
    if (this.rows === this.series.length) this.growRows();
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
    if (this.dense === null) throw new Error("a sealed frame takes no more rows");
    while (dimension >= this.stride) this.growStride();
    const at = row * this.stride + dimension;
    this.dense[at] = (this.dense[at] ?? 0) + value;
  }

  /** Durations and flags as (row, dimension, count) triples, row by row. */
  sparse(): Uint32Array {
    if (this.dense === null) return this.triples;
    const { dense, stride } = this;
    const cells = this.rows * stride;
    let used = 0;
    for (let cell = 0; cell < cells; cell++) if (dense[cell] !== 0) used++;
    const triples = new Uint32Array(used * 3);
    let at = 0;
    for (let row = 0; row < this.rows; row++) {
      for (let dimension = 0; dimension < stride; dimension++) {
        const count = dense[row * stride + dimension] ?? 0;
        if (count === 0) continue;
        triples[at++] = row;
        triples[at++] = dimension;
        triples[at++] = count;
      }
    }
    return triples;
  }

  /** Gives back the room that only adding needed. */
  seal(): void {
    if (this.isSealed) return;
    this.triples = this.sparse();
    this.dense = null;
    this.series = this.series.slice(0, this.rows);
    this.columns = this.columns.slice(0, this.rows * COLUMNS);
    this.rowOf = null;
  }

  private growRows(): void {
    const room = this.rows * 2;
    this.series = grown(this.series, room);
    this.columns = grown(this.columns, room * COLUMNS);
    this.dense = grown(this.dense ?? new Uint32Array(0), room * this.stride);
  }

  private growStride(): void {
    const wider = new Uint32Array(this.series.length * this.stride * 2);
    for (let row = 0; row < this.rows; row++) {
      wider.set((this.dense ?? wider).subarray(row * this.stride, (row + 1) * this.stride), row * this.stride * 2);
    }
    this.stride *= 2;
    this.dense = wider;
  }
}

function grown(array: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(array);
  return larger;
}
