/** Keyboard shortcuts as data, so that the help dialog and the handler can never disagree. */

export interface KeyPress {
  key: string;
  isCtrl: boolean;
  isShift: boolean;
}

/** `g m` = first g, then m. `mod+k` = Ctrl K, or Command K on a Mac. `shift+n` = n with Shift, where that is told from n alone. */
export type KeyCombo = string;

const SEQUENCE_MS = 1_200;

/** Whether a shortcut is a bare letter or sign, which a reader may turn off. */
export function isSingleKey(combo: KeyCombo): boolean {
  return combo.length === 1 || /^shift\+[a-z]$/.test(combo) || (!combo.includes("+") && combo !== "Escape" && combo !== "Enter");
}

function pressName(press: KeyPress): string {
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  return `${press.isCtrl ? "mod+" : ""}${press.isShift && key.length > 1 ? "shift+" : ""}${key}`;
}

/** Follows presses and says which shortcut is complete. Holds the first letter of a sequence for a moment. */
export class KeySequencer {
  private pending: { name: string; atMs: number } | null = null;

  /** The combo among `combos` that this press completes, or `null`. */
  press(press: KeyPress, nowMs: number, combos: readonly KeyCombo[]): KeyCombo | null {
    const name = pressName(press);
    const first = this.pending;
    this.pending = null;
    if (first !== null && nowMs - first.atMs <= SEQUENCE_MS) {
      const sequence = `${first.name} ${name}`;
      if (combos.includes(sequence)) return sequence;
    }
    const shifted = press.isShift ? name.replace(/^(mod\+)?(?=[a-z]$)/, "$1shift+") : name;
    if (combos.includes(shifted)) return shifted;
    if (combos.includes(name)) return name;
    if (combos.some((combo) => combo.startsWith(`${name} `))) this.pending = { name, atMs: nowMs };
    return null;
  }
}
