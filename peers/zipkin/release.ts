/** The release everything here was verified with. */
export const ZIPKIN_VERSION = "3.6.1";
export const ZIPKIN_ARTIFACT = `io.zipkin:zipkin-server:${ZIPKIN_VERSION}:jar:exec`;
export const ZIPKIN_JAR = `zipkin-server-${ZIPKIN_VERSION}-exec.jar`;
export const ZIPKIN_SHA256 = "d8326e0ed4f43855dba81228f688554706e52578a7c782d9a90b73f8680654a1";

/** The oldest Java that the server runs on. */
export const OLDEST_JAVA = 17;

/** `17` out of `java -version` (`openjdk version "17.0.15"`), `8` out of `1.8.0_1`; `undefined` when it is not Java's answer. */
export function parseJavaVersion(output: string): number | undefined {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(output) ?? [];
  if (first === undefined) return undefined;
  return Number(first === "1" && second !== undefined ? second : first);
}
