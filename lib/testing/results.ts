import { expect } from "vitest";

import type { Result, WeftError } from "#lib/model/errors.ts";
import { Coverage, Notice, Provenance, type Sourced } from "#lib/model/evidence.ts";

/** What came out well. Throws the error that came instead. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw result.error;
  return result.value;
}

/** Why it was refused. Throws where it went well. */
export function errorOf(result: Result<unknown>): WeftError {
  if (result.ok) throw new Error("expected a refusal, but it went well");
  return result.error;
}

/** Every answer says who it is from, whether anything is missing and why, in the model's words. */
export function expectEvidence(answer: Sourced<unknown>, sourceId: string): void {
  expect(Coverage.parse(answer.coverage)).toBe(answer.coverage);
  expect(answer.provenance.length).toBeGreaterThan(0);
  for (const provenance of answer.provenance) {
    expect(Provenance.parse(provenance)).toEqual(provenance);
    expect(provenance.source).toBe(sourceId);
  }
  for (const notice of answer.notices) expect(Notice.parse(notice)).toEqual(notice);
}
