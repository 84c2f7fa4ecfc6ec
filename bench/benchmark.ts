/** One benchmark: a name to call it by, and figures (milliseconds unless the name says otherwise). */
export interface Benchmark {
  name: string;
  run(): Promise<Record<string, number>>;
}
