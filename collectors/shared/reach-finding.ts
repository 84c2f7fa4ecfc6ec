import type { DiagnosisFinding } from "#lib/model/diagnosis.ts";
import { WeftError } from "#lib/model/errors.ts";
import { printable } from "#lib/routing/printable.ts";

import { unexpectedAnswer, type UnexpectedAnswer } from "./unexpected-answer.ts";

interface Reached {
  id: string;
  url: string;
  /** What should be there, in words: `Prometheus`. */
  program: string;
  /** Path of a small question that it answers. */
  probe: string;
  /** It has answered one question as it should: what goes wrong with another one does not make it another program. */
  isKnown?: boolean | undefined;
}

interface Told extends Reached {
  host: string;
  /** Status and content type with a space before them; empty where nothing was answered. */
  answered: string;
}

interface Cause {
  code: string;
  what: (at: Told) => string;
  mend: (at: Told) => string;
}

const tryIt = ({ url, probe }: Reached): string => `curl -sv '${url.replace(/\/+$/, "")}${probe}'`;

const REFUSED: Cause = {
  code: "refused",
  what: ({ host }) => `Nothing listens at ${host}: the connection was refused.`,
  mend: ({ id, program }) => `Start ${program}, or correct url of ${id}`,
};
const UNKNOWN_HOST: Cause = {
  code: "unknown-host",
  what: ({ host }) => `The name of ${host} is not known to DNS.`,
  mend: ({ id, host }) => `Correct url of ${id}; try: getent hosts ${host.replace(/:\d+$/, "")}`,
};
const NOT_TRUSTED: Cause = {
  code: "tls-untrusted",
  what: ({ host }) => `The certificate of ${host} was signed by an authority that is not trusted.`,
  mend: ({ id }) => `Name the authority's file: ca of ${id}`,
};

const WEB_PAGE: Cause = {
  code: "web-page",
  what: ({ host, program, answered }) =>
    `${host} answers${answered} with a web page: a login or another program stands in place of ${program}.`,
  mend: (at) => `Correct the path in url of ${at.id}, or log in with auth; this must answer with JSON: ${tryIt(at)}`,
};

/** By the codes of Node and OpenSSL. */
const BY_CODE: Record<string, Cause> = {
  ECONNREFUSED: REFUSED,
  ENOTFOUND: UNKNOWN_HOST,
  EAI_AGAIN: UNKNOWN_HOST,
  CERT_HAS_EXPIRED: {
    code: "tls-expired",
    what: ({ host }) => `The certificate of ${host} has expired.`,
    mend: ({ host }) => `Renew it; see: openssl s_client -connect ${host} </dev/null | openssl x509 -noout -dates`,
  },
  CERT_NOT_YET_VALID: {
    code: "tls-not-yet-valid",
    what: ({ host }) => `The certificate of ${host} is not valid yet.`,
    mend: () => "Set the clocks of both machines by NTP, or issue it anew",
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: "tls-name",
    what: ({ host }) => `The certificate of ${host} is for another name.`,
    mend: ({ id }) => `Use the name that the certificate bears in url of ${id}`,
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: NOT_TRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: NOT_TRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NOT_TRUSTED,
  CERT_SIGNATURE_FAILURE: NOT_TRUSTED,
  ERR_SSL_WRONG_VERSION_NUMBER: {
    code: "not-tls",
    what: ({ host }) => `${host} does not speak TLS.`,
    mend: ({ id }) => `Write http:// in url of ${id}`,
  },
};

/** By the status with which it was answered no. */
const BY_STATUS: Record<number, Cause> = {
  401: {
    code: "unauthorized",
    what: ({ host }) => `${host} does not know who asks (401).`,
    mend: ({ id }) => `Give ${id} auth, tenant or headers; a token file that is there may hold an old token`,
  },
  403: {
    code: "forbidden",
    what: ({ host }) => `${host} knows who asks, and forbids it (403).`,
    mend: ({ id }) => `Let the user of ${id} read there, or use another token or tenant`,
  },
  404: {
    code: "wrong-path",
    what: ({ host, program, answered }) => `${host} answers${answered}: at this path there is nothing of ${program}.`,
    mend: (at) => `Correct the path in url of ${at.id}; this must answer with JSON: ${tryIt(at)}`,
  },
  429: {
    code: "too-many-questions",
    what: ({ host }) => `${host} is asked too often (429).`,
    mend: ({ id }) => `Lower concurrency of ${id}, or raise the limit there`,
  },
};

/** Why a source could not be asked, in words that tell one cause from the other. */
export function reachFinding(at: Reached, error: WeftError): DiagnosisFinding {
  const host = URL.parse(at.url)?.host ?? at.url;
  const { code, what, mend } = causeOf(error, at.isKnown === true);
  const answer = unexpectedAnswer(error);
  const answered =
    answer === null ? "" : ` ${answer.status} (${answer.mediaType === null ? "no content type" : printable(answer.mediaType)})`;
  const told = { ...at, host, answered };
  return {
    level: "error",
    code,
    text: what(told),
    takesAway: `everything that ${at.id} would tell`,
    mend: mend(told),
  };
}

function causeOf(error: WeftError, isKnown: boolean): Cause {
  const known = codesOf(error).flatMap((code) => BY_CODE[code] ?? [])[0];
  if (known !== undefined) return known;
  const own = (code: string): Cause => ({ code, what: () => error.message, mend: (at) => error.mend ?? `Try: ${tryIt(at)}` });
  if (error.field === "auth") return own("secret-file");
  if (error.code === "TIMEOUT") {
    return {
      code: "timeout",
      what: ({ host }) => `${host} took the question and did not answer in time.`,
      mend: (at) => `See how long this takes: ${tryIt(at)}; raise timeout of ${at.id} if it must be`,
    };
  }
  const answer = unexpectedAnswer(error);
  const status = answer?.status ?? Number(/ with (\d{3})(?:[:.\s]|$)/.exec(error.message)?.[1]);
  const byStatus = BY_STATUS[status];
  if (error.code === "SOURCE_REFUSED") {
    if (byStatus !== undefined) return byStatus;
    if (status >= 300 && status < 400) return own("redirected");
    // 501 is what servers of files say to every question that is a POST.
    if (status >= 500 && status !== 501) return own("server-error");
    return answer === null || isKnown ? own("refused-question") : anotherProgram(answer);
  }
  if (error.code !== "SOURCE_MALFORMED") return own("unreachable");
  if (error.message.includes("web page")) return WEB_PAGE;
  if (isKnown) return { ...own("malformed"), mend: (at) => `See what stands before it and cuts or changes its answers; try: ${tryIt(at)}` };
  return answer === null ? own("another-program") : anotherProgram(answer);
}

function anotherProgram({ said }: UnexpectedAnswer): Cause {
  const words = said === null ? "" : `, saying “${said}”`;
  return {
    code: "another-program",
    what: ({ host, program, answered }) =>
      `${host} answers${answered}${words}, and not with the JSON of ${program}: another program stands there.`,
    mend: (at) =>
      `Give url of ${at.id} the address of the program itself with its path, not that of a page or a gateway; this must answer with its JSON: ${tryIt(at)}`,
  };
}

/** Codes along the chain of causes, outermost first. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (!(at instanceof WeftError) && "code" in at && typeof at.code === "string") codes.push(at.code);
  }
  return codes;
}
