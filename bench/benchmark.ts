/** Milliseconds unless the name says otherwise; what belongs together stands under one name. */
export type Figures = Record<string, number | Record<string, number>>;

/** One benchmark: a name to call it by, and figures. `isFull` asks for the size that takes minutes, where there is one. */
export interface Benchmark {
  name: string;
  run(options: { isFull: boolean }): Promise<Figures>;
}
