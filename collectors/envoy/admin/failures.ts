import { WeftError } from "#lib/model/errors.ts";
import type { HttpAnswer } from "#lib/ports/http-fetcher.ts";

const CHECK_ADDRESS = "Check that the address in the proxy's file is the admin address of an Envoy.";

function hostOf(address: string): string {
  return URL.parse(address)?.host ?? address;
}

function pathOf(target: string): string {
  return target.split("?", 1)[0] ?? target;
}

/** The admin answered, and the answer is no. */
export function refused(address: string, target: string, status: number): WeftError {
  const question = `${hostOf(address)} answered ${pathOf(target)} with ${status}`;
  if (status === 403) {
    const mend = `Add ${pathOf(target)} to admin.allow_paths of this Envoy.`;
    return new WeftError("SOURCE_REFUSED", `${question}: its admin does not allow this path.`, { mend });
  }
  if (status >= 300 && status < 400) {
    return new WeftError("SOURCE_REFUSED", `${question}, a redirect, which is not followed.`, { mend: CHECK_ADDRESS });
  }
  return new WeftError("SOURCE_REFUSED", `${question}.`, { mend: CHECK_ADDRESS, isRetryable: status >= 500 });
}

/** The answer is not in the expected format at all. */
export function notText(address: string, target: string, answer: HttpAnswer): WeftError {
  const isPage = answer.mediaType === "text/html" || /^\s*<(!doctype|html)/i.test(answer.text.slice(0, 200));
  const what = isPage ? "a web page" : answer.text.trim() === "" ? "nothing" : "something else";
  const expected = ["/stats", "/stats/prometheus", "/ready"].includes(pathOf(target)) ? "Envoy's text" : "JSON";
  return new WeftError("SOURCE_MALFORMED", `${hostOf(address)} answered ${pathOf(target)} with ${what} where ${expected} was expected.`, {
    mend: CHECK_ADDRESS,
  });
}

/** JSON, but not of the shape that an Envoy answers. */
export function wrongShape(address: string, target: string, path: string, reason: string): WeftError {
  const field = path === "" ? "the answer" : path;
  return new WeftError("SOURCE_MALFORMED", `${hostOf(address)} answered ${pathOf(target)} with a wrong ${field}: ${reason}.`, {
    field: path === "" ? "answer" : path,
    mend: CHECK_ADDRESS,
  });
}
