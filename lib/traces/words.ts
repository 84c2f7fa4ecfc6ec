import { printable } from "#lib/routing/printable.ts";

/** A duration in a sentence: `25 µs`, `0.8 ms`, `342 ms`, `1.02 s`, `2 min 5 s`. */
export function durationWords(ms: number): string {
  if (isBrief(ms)) return `${microseconds(ms)} µs`;
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  if (ms < 59_950) return `${Number((ms / 1_000).toFixed(ms < 9_995 ? 2 : 1))} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}

/** Whether one decimal of a millisecond would say too little of a duration; nothing at all is no such duration. */
function isBrief(ms: number): boolean {
  return ms > 0 && ms < 0.1;
}

/** Whole microseconds, or two digits of what is less than ten; above nothing it is never 0. */
function microseconds(ms: number): number {
  const us = ms * 1_000;
  return us < 9.95 ? Number(us.toPrecision(2)) : Math.round(us);
}

/** A share of a whole, 0 to 1: `84 %`. What is above nothing is never `0 %`, and what is below all never `100 %`. */
export function shareWords(share: number): string {
  if (share > 0 && share < 0.01) return "under 1 %";
  if (share < 1 && share > 0.99) return "99 %";
  return `${Math.round(share * 100)} %`;
}

/** How often: `once`, `twice`, `6 times`, `never`. */
export function timesWords(count: number): string {
  return ["never", "once", "twice"][count] ?? `${count} times`;
}

/** A foreign name inside a sentence: nothing in it can break the line or turn the sentence around. */
export function nameWords(name: string): string {
  return name === "" ? "(no name)" : printable(name);
}
