import { Host } from "./host.ts";
import type { HostReply, HostRequest } from "./messages.ts";

/** The entry of an application process. It is forked by the supervisor, does what it is told over the channel, and ends with it. */
const host = new Host();

process.on("message", (request: HostRequest) => {
  host.answer(request.question).then(
    (answer) => reply({ id: request.id, answer }),
    (cause: unknown) => reply({ id: request.id, problem: cause instanceof Error ? cause.message : String(cause) }),
  );
});

// The supervisor is gone, however it ended: nobody would ever stop this process.
process.on("disconnect", () => process.exit(0));
// A terminal sends its interrupt to the whole group; the supervisor decides when its processes end.
process.on("SIGINT", () => undefined);

function reply(message: HostReply): void {
  process.send?.(message);
}
