/** Lets a few in at once, and the others wait in line, up to a bound. */
export class TurnGate {
  private readonly atOnce: number;
  private readonly mostWaiting: number;
  private inside = 0;
  private readonly line = new Set<() => void>();

  constructor(atOnce: number, mostWaiting: number) {
    this.atOnce = atOnce;
    this.mostWaiting = mostWaiting;
  }

  /** Runs `go` now or when it is its turn. The answer leaves the gate, or the line; `null` = too many wait already. */
  enter(go: () => void): (() => void) | null {
    if (this.inside >= this.atOnce && this.line.size >= this.mostWaiting) return null;
    let isOver = false;
    let isInside = false;
    const start = (): void => {
      isInside = true;
      this.inside++;
      go();
    };
    const leave = (): void => {
      if (isOver) return;
      isOver = true;
      if (!isInside) {
        this.line.delete(start);
        return;
      }
      this.inside--;
      this.next();
    };
    if (this.inside < this.atOnce) start();
    else this.line.add(start);
    return leave;
  }

  private next(): void {
    const [first] = this.line;
    if (first === undefined || this.inside >= this.atOnce) return;
    this.line.delete(first);
    first();
  }
}
