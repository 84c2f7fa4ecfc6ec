/** Objects of labels with the same keys. */
export interface LabelShape {
  /** To be copied: an object that is made key by key is a slow one, once it has more than some fifteen. */
  readonly empty: Readonly<Record<string, string>>;
  /** Whether no key stands twice. */
  readonly isUnique: boolean;
}

/** The shapes of one exposition: few, in whatever number of series. */
export class LabelShapes {
  readonly #shapes = new Map<string, LabelShape>();

  clear(): void {
    this.#shapes.clear();
  }

  /** Of the first `count` keys. */
  of(keys: readonly string[], count: number): LabelShape {
    const used = keys.slice(0, count);
    const name = used.join();
    const known = this.#shapes.get(name);
    if (known !== undefined) return known;
    const shape = { empty: emptyOf(used), isUnique: new Set(used).size === count };
    if (this.#shapes.size < MOST_SHAPES) this.#shapes.set(name, shape);
    return shape;
  }
}

const MOST_SHAPES = 1_024;

/** What a parser of JSON makes has its keys at once. */
function emptyOf(keys: readonly string[]): Record<string, string> {
  const empty: Record<string, string> = JSON.parse(`{${keys.map((key) => `${JSON.stringify(key)}:""`).join()}}`);
  return empty;
}
