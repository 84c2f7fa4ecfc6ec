import { criticalTimes, type CriticalTimes } from "./critical-path.ts";
import { findSequences, type SpanSequence } from "./find-sequences.ts";
import { explainFlag, isConsequence } from "./flag-words.ts";
import { calleeOf, grpcStatusOf, httpStatusOf, isCallerSide, operationOf, responseFlagsOf } from "./span-facts.ts";
import { mainRoot, type SpanNode, type TraceTree } from "./trace-tree.ts";
import { durationWords, nameWords, shareWords } from "./words.ts";

/** A sequence is worth a word from this many calls and this share of the critical path on. */
const MANY_CALLS = 3;
const MUCH = 0.25;

/** A failure is a reason from this share of the critical path on; the root's own failure needs one whatever its share. */
const REASON = 0.5;

/**
 * The whole trace in one sentence: what was asked, how long it took, and why. The reason is the deepest failure that the
 * root waited for most of its time, or failed by; else who owns most of the critical path; and calls in a row that add
 * up. Failures that are no reason are counted, not blamed.
 * Foreign names in it are harmless to show. A trace without spans says so.
 */
export function headline(tree: TraceTree, times: CriticalTimes = criticalTimes(tree)): string {
  const root = mainRoot(tree);
  if (root === null) return "This trace has no spans";
  const what = `${nameWords(operationOf(root.span))} took ${durationWords(root.span.durationMs)}`;
  const cause = findCause(tree, times);
  const failure = cause !== null && isReason(cause, root, times) ? cause : null;
  const sequence = findSequences(tree, times).find(({ count, criticalShare }) => count >= MANY_CALLS && criticalShare >= MUCH);
  const reasons: string[] = [];
  if (failure !== null) reasons.push(failureWords(failure));
  if (sequence !== undefined) reasons.push(sequenceWords(sequence, failure === null));
  else if (failure === null) reasons.push(...largestShare(tree, times));
  const said = reasons.length === 0 ? what : `${what}: ${reasons.join("; ")}`;
  const failed = failure === null ? tree.nodes.filter(({ span }) => span.isError).length : 0;
  if (failed === 0) return said;
  return `${said}; ${failed === 1 ? "1 span" : `${failed} spans`} failed${cause === null ? " beside the critical path" : ""}`;
}

/** Whether the root failed, or waited most of its time for this failure or for the failed call that it answers. */
function isReason(cause: SpanNode, root: SpanNode, times: CriticalTimes): boolean {
  if (root.span.isError) return true;
  const { parent } = cause;
  const call = parent !== null && parent.span.isError && isCallerSide(parent.span) ? [parent] : [];
  return [cause, ...call].some(({ key }) => (times.withDescendantsMs.get(key) ?? 0) >= REASON * times.totalMs);
}

/**
 * The failed span that explains the others: on the critical path, the deepest; of equally deep ones the longest. One that
 * only ended because its caller left explains nothing and counts only where there is no other. `null` = nothing that the
 * root waited for failed.
 */
export function findCause(tree: TraceTree, times: CriticalTimes = criticalTimes(tree)): SpanNode | null {
  const failed = tree.nodes.filter(({ key, span }) => span.isError && times.withDescendantsMs.has(key));
  const causes = failed.filter(({ span }) => !isConsequence(responseFlagsOf(span)));
  const [first] = (causes.length > 0 ? causes : failed).toSorted(
    (a, b) => b.depth - a.depth || b.span.durationMs - a.span.durationMs || a.span.startMs - b.span.startMs,
  );
  return first ?? null;
}

function serviceWords({ service, version }: { service: string; version: string | null }): string {
  return version === null ? nameWords(service) : `${nameWords(service)} ${nameWords(version)}`;
}

function failureWords(node: SpanNode): string {
  const caller = serviceWords(node.resource);
  if (!isCallerSide(node.span)) return `${caller} ${verbOf(node)}`;
  const callee = calleeOf(node);
  return `the call of ${caller} to ${callee === null ? nameWords(node.span.name) : serviceWords(callee)} ${verbOf(node)}`;
}

/** gRPC status codes (grpc/grpc, doc/statuscodes.md). */
const GRPC_WORDS: readonly string[] = [
  "OK",
  "cancelled",
  "unknown error",
  "invalid argument",
  "deadline exceeded",
  "not found",
  "already exists",
  "permission denied",
  "resource exhausted",
  "failed precondition",
  "aborted",
  "out of range",
  "unimplemented",
  "internal error",
  "unavailable",
  "data loss",
  "unauthenticated",
];

function verbOf({ span }: SpanNode): string {
  const flags = responseFlagsOf(span);
  // That retries were used up says that it failed often, the other flag says why.
  const flag = flags.find((one) => one !== "URX") ?? flags[0];
  const [http, grpc] = [httpStatusOf(span), grpcStatusOf(span)];
  if (flag !== undefined) {
    const code = http === null ? nameWords(flag) : `${nameWords(flag)}, HTTP ${http}`;
    if (flag === "UT") return `timed out after ${durationWords(span.durationMs)} (${code})`;
    return `failed: ${nameWords(explainFlag(flag).words)} (${code})`;
  }
  if (grpc !== null && grpc !== 0) return `answered gRPC ${grpc}${GRPC_WORDS[grpc] === undefined ? "" : ` (${GRPC_WORDS[grpc]})`}`;
  if (http !== null && http >= 400) return `answered HTTP ${http}`;
  if (span.statusMessage !== null && span.statusMessage.trim() !== "") return `failed: ${nameWords(span.statusMessage.trim())}`;
  return `failed in ${nameWords(span.name)}`;
}

/** `isSubject`: nothing was said before, so that the sentence has to begin with the share. */
function sequenceWords({ callee, operation, count, criticalShare, ...caller }: SpanSequence, isSubject: boolean): string {
  const by = serviceWords(caller);
  const share = `${shareWords(criticalShare)} of the critical path`;
  const who = callee === null ? null : nameWords(callee.service);
  if (who === null) {
    const what = nameWords(operation);
    return isSubject ? `${what} in ${by} is ${share}, ${count} times in a row` : `${by} does ${what} ${count} times in a row, ${share}`;
  }
  return isSubject ? `${who} is ${share}, ${count} calls in a row by ${by}` : `${by} calls ${who} ${count} times in a row, ${share}`;
}

function largestShare(tree: TraceTree, times: CriticalTimes): string[] {
  if (times.totalMs === 0) return [];
  const byService = new Map<string, number>();
  for (const { key, resource } of tree.nodes) {
    const ms = times.ownMs.get(key);
    if (ms !== undefined) byService.set(resource.service, (byService.get(resource.service) ?? 0) + ms);
  }
  // With a single service there is nothing to tell apart.
  if (byService.size < 2) return [];
  const [top] = [...byService].toSorted(([, a], [, b]) => b - a);
  return top === undefined ? [] : [`${nameWords(top[0])} is ${shareWords(top[1] / times.totalMs)} of the critical path`];
}
