import { parse } from "protobufjs";
import { describe, expect, it } from "vitest";

import { otlpCodec } from "./otlp-codec.ts";

const { root } = parse(`
syntax = "proto3";
message Any { string type_url = 1; bytes value = 2; }
message Duration { int64 seconds = 1; int32 nanos = 2; }
message RetryInfo { Duration retry_delay = 1; }
message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
`);

describe("a status that may be tried again", () => {
  it("carries a RetryInfo where it goes over gRPC", () => {
    const status = root.lookupType("Status").decode(otlpCodec.status(14, "full", "protobuf", 300));
    const { details, ...rest } = status.toJSON() as { details: { type_url?: string; typeUrl?: string; value: string }[] };
    expect(rest).toEqual({ code: 14, message: "full" });
    expect(details.map(({ typeUrl }) => typeUrl)).toEqual(["type.googleapis.com/google.rpc.RetryInfo"]);
    const retry = root.lookupType("RetryInfo").decode(Buffer.from(details[0]?.value ?? "", "base64"));
    expect(retry.toJSON()).toEqual({ retryDelay: { seconds: "300" } });
  });

  it("carries none where the same will never be taken", () => {
    expect(
      root
        .lookupType("Status")
        .decode(otlpCodec.status(3, "bad", "protobuf"))
        .toJSON(),
    ).toEqual({ code: 3, message: "bad" });
  });
});
