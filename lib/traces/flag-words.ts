/** What a proxy's response flag means. */
export interface FlagMeaning {
  /** As the proxy spells it. */
  flag: string;
  /** A few words for a label or the middle of a sentence. */
  words: string;
  /** A sentence that says what happened; `null` = a flag that Weft does not know. */
  meaning: string | null;
}

/** Flags by their short spelling, as proxies write them into access logs and spans. Extensions of a proxy may add others. */
const MEANINGS: Readonly<Record<string, readonly [words: string, meaning: string]>> = {
  DC: ["caller went away", "The caller closed its connection before the answer came."],
  DF: ["name not resolved", "The name of the target could not be resolved."],
  DI: ["delayed on purpose", "Fault injection delayed the request on purpose."],
  DO: ["dropped on purpose", "The request was dropped by the load policy of the target."],
  DPE: ["caller broke the protocol", "The caller sent something that is not valid in this protocol."],
  DR: ["caller reset", "The caller reset its stream."],
  DT: ["took too long in all", "The request or its connection was longer than it is allowed to be."],
  FI: ["failed on purpose", "Fault injection answered with an error on purpose."],
  IH: ["header refused", "A header of the request had a value that is not allowed."],
  LH: ["health check failed", "The service failed its own health check."],
  LR: ["reset by the proxy", "The proxy itself reset the connection."],
  NC: ["target not known", "The route names a target that the proxy does not know."],
  NFCF: ["no filter configuration", "A filter's configuration did not arrive in time."],
  NR: ["no route", "No route of the proxy matched the request."],
  OM: ["proxy overloaded", "The proxy was overloaded and ended the request."],
  RFCF: ["answered from a cache", "The answer came from a cache."],
  RL: ["rate limited", "The request was over the rate limit."],
  RLSE: ["rate limiter failed", "The rate limit service failed, so the request was refused."],
  SI: ["stream idle too long", "Nothing moved on the stream for longer than is allowed."],
  UAEX: ["refused by authorization", "The external authorization service refused the request."],
  UC: ["connection lost", "The connection to the target ended before the answer was whole."],
  UF: ["connection failed", "No connection to the target could be made."],
  UH: ["no healthy endpoint", "The target had no healthy endpoint, so the request was not sent."],
  UMSDR: ["took too long", "The stream to the target reached its longest duration."],
  UO: ["circuit breaker open", "The limit of connections or requests to the target was reached, so the request was not sent."],
  UPE: ["service broke the protocol", "The target answered something that is not valid in this protocol."],
  UR: ["reset by the service", "The target reset the stream."],
  URX: ["retries used up", "Every retry that is allowed was used, and the request still failed."],
  UT: ["timed out", "The target did not answer within the route's timeout."],
};

/** Flags that say the caller left: what they end has its reason further up. */
const FOLLOWS = new Set(["DC", "DR"]);

/** A flag in words; one that Weft does not know keeps its own spelling. */
export function explainFlag(flag: string): FlagMeaning {
  const known = Object.hasOwn(MEANINGS, flag) ? MEANINGS[flag] : undefined;
  return known === undefined ? { flag, words: flag, meaning: null } : { flag, words: known[0], meaning: known[1] };
}

/** Whether a failure with these flags only follows from another one: the caller gave up waiting. */
export function isConsequence(flags: readonly string[]): boolean {
  return flags.length > 0 && flags.every((flag) => FOLLOWS.has(flag));
}
