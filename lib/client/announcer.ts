/** At most one sentence in this time: a screen reader must not be talked over by a busy mesh. */
export const QUIET_MS = 10_000;

interface AnnouncerDeps {
  nowMs(): number;
  after(delayMs: number, task: () => void): void;
}

/** Feeds the page's one polite live region. Of several sentences that come too soon, only the newest is spoken. */
export class Announcer {
  private text = "";
  private spokenAt = Number.NEGATIVE_INFINITY;
  private waiting: string | null = null;
  private readonly watchers = new Set<() => void>();
  private readonly deps: AnnouncerDeps;

  constructor(deps: AnnouncerDeps) {
    this.deps = deps;
  }

  readonly getText = (): string => this.text;

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  announce(sentence: string): void {
    const wait = this.spokenAt + QUIET_MS - this.deps.nowMs();
    if (wait <= 0 && this.waiting === null) {
      this.speak(sentence);
      return;
    }
    const isScheduled = this.waiting !== null;
    this.waiting = sentence;
    if (!isScheduled) this.deps.after(Math.max(0, wait), () => this.speakWaiting());
  }

  private speakWaiting(): void {
    const sentence = this.waiting;
    this.waiting = null;
    if (sentence !== null) this.speak(sentence);
  }

  private speak(sentence: string): void {
    this.spokenAt = this.deps.nowMs();
    this.text = sentence;
    for (const watcher of this.watchers) watcher();
  }
}

/** The page's announcer. */
export const announcer = new Announcer({
  nowMs: () => Date.now(),
  after: (delayMs, task) => void setTimeout(task, delayMs),
});
