/** Stands for `null`: no name is told. */
export const NO_NAME = 0;

/** With fewer names it is not worth to look for those that nobody uses. */
const FEW_NAMES = 4_096;

/** Small numbers for names, so that typed arrays can hold them and comparing them reads no text. */
export class NameNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #names: (string | null)[] = [null];
  readonly #free: number[] = [];
  #crowdedFrom = FEW_NAMES;

  /** Names that have a number. */
  get size(): number {
    return this.#numbers.size;
  }

  /** Whether twice as many names are known as `retain` left the last time: then it is worth its cost. */
  get isCrowded(): boolean {
    return this.size >= this.#crowdedFrom;
  }

  numberOf(name: string | null): number {
    if (name === null) return NO_NAME;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#free.pop() ?? this.#names.length;
    this.#names[number] = name;
    this.#numbers.set(name, number);
    return number;
  }

  nameOf(number: number): string | null {
    return this.#names[number] ?? null;
  }

  /** Forgets every name whose number `mark` does not pass on; their numbers go to names to come. */
  retain(mark: (use: (number: number) => void) => void): void {
    const isUsed = new Uint8Array(this.#names.length);
    mark((number) => {
      isUsed[number] = 1;
    });
    for (const [name, number] of this.#numbers) {
      if (isUsed[number] === 1) continue;
      this.#numbers.delete(name);
      this.#names[number] = null;
      this.#free.push(number);
    }
    this.#crowdedFrom = Math.max(FEW_NAMES, this.size * 2);
  }
}
