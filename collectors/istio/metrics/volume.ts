import type { DialectAsk, PromSample } from "#collectors/shared/promql/dialect.ts";
import type { Volume } from "#lib/model/red.ts";

/** A question about what travelled along one edge. */
export interface VolumeQuestion {
  part: keyof Volume;
  metric: string;
}

/** Of whose names bytes and messages are: an answer's name begins like this, and ends with the part that it tells of. */
export const VOLUME_OF_REQUESTS = "volume-of-requests-";
export const VOLUME_OF_CONNECTIONS = "volume-of-connections-";

/** Counted by the proxy in front of the callee: what it received is what the caller sent. */
const CONNECTION_BYTES: readonly VolumeQuestion[] = [
  { part: "sentBytes", metric: "istio_tcp_received_bytes_total" },
  { part: "receivedBytes", metric: "istio_tcp_sent_bytes_total" },
];
const MESSAGES: readonly VolumeQuestion[] = [
  { part: "sentMessages", metric: "istio_request_messages_total" },
  { part: "receivedMessages", metric: "istio_response_messages_total" },
];

/** What to ask about the bytes and messages of one edge; nothing for more than one, which nobody shows. */
export function volumeQuestions({ select, histograms }: DialectAsk): { name: string; questions: readonly VolumeQuestion[] } | null {
  const { sources, targets, protocol } = select ?? {};
  if (protocol === undefined || sources?.length !== 1 || targets?.length !== 1) return null;
  if (protocol === "tcp") return { name: VOLUME_OF_CONNECTIONS, questions: CONNECTION_BYTES };
  const suffix = histograms === "native" ? "" : "_sum";
  const bytes: VolumeQuestion[] = [
    { part: "sentBytes", metric: `istio_request_bytes${suffix}` },
    { part: "receivedBytes", metric: `istio_response_bytes${suffix}` },
  ];
  return { name: VOLUME_OF_REQUESTS, questions: protocol === "grpc" ? [...bytes, ...MESSAGES] : bytes };
}

const PARTS = ["sentBytes", "receivedBytes", "sentMessages", "receivedMessages"] as const;

/** Every series that tells of bytes or messages, with what it tells. */
export function volumeAnswers(
  name: string,
  answers: ReadonlyMap<string, readonly PromSample[]>,
): { part: keyof Volume; sample: PromSample }[] {
  return PARTS.flatMap((part) => (answers.get(`${name}${part}`) ?? []).map((sample) => ({ part, sample })));
}

const UNTOLD: Volume = { sentBytes: null, receivedBytes: null, sentMessages: null, receivedMessages: null };

/** Adds what one series tells. */
export function addVolume(known: Volume | null, part: keyof Volume, { value, histogram }: PromSample): Volume {
  const volume = known ?? UNTOLD;
  return { ...volume, [part]: (volume[part] ?? 0) + (histogram?.sum ?? value) };
}
