import { describe, expect, it } from "vitest";

import { withNumberedEnums } from "./wire-v3.ts";

const wrap = (span: unknown): unknown => ({ resource: {}, scopeSpans: [{ scope: { name: "x" }, spans: [span] }] });

describe("withNumberedEnums", () => {
  it.each<[unknown, unknown]>([
    [
      { kind: "SPAN_KIND_SERVER", status: { code: "STATUS_CODE_ERROR", message: "m" } },
      { kind: 2, status: { code: 2, message: "m" } },
    ],
    [
      { kind: 3, status: { code: 1 } },
      { kind: 3, status: { code: 1 } },
    ],
    [{ kind: "SPAN_KIND_NEW" }, { kind: "SPAN_KIND_NEW" }],
    [{ name: "a" }, { name: "a", kind: undefined }],
    ["no span", "no span"],
  ])("turns %j into %j", (span, expected) => {
    expect(withNumberedEnums(wrap(span))).toEqual(wrap(expected));
  });

  it.each([null, 7, [], { scopeSpans: 7 }, { scopeSpans: [null] }, { scopeSpans: [{ spans: {} }] }])("leaves %j as it is", (value) => {
    expect(withNumberedEnums(value)).toEqual(value);
  });
});
