/** One writer per route at a time within this process; across processes the text read is the guard. */
export class RouteLocks {
  private readonly tails = new Map<string, Promise<unknown>>();

  async hold<T>(routeId: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(routeId) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.tails.set(routeId, mine);
    try {
      return await mine;
    } finally {
      if (this.tails.get(routeId) === mine) this.tails.delete(routeId);
    }
  }
}
