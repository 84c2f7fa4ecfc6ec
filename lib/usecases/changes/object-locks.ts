/** One writer per object at a time within this process; across processes the text read is the guard. */
export class ObjectLocks {
  private readonly tails = new Map<string, Promise<unknown>>();

  async hold<T>(objectId: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(objectId) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.tails.set(objectId, mine);
    try {
      return await mine;
    } finally {
      if (this.tails.get(objectId) === mine) this.tails.delete(objectId);
    }
  }
}
