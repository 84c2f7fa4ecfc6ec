import { serviceNamed } from "../mesh/services.ts";
import type { Instance } from "../mesh/plan.ts";
import { grpcApp } from "./grpc-server.ts";
import { handlerFor, ratingsHandler } from "./handlers.ts";
import { httpApp } from "./http-server.ts";
import { kvApp } from "./kv.ts";
import type { AppFaults, HostAnswers, HostConfig, HostQuestion } from "./messages.ts";
import { startExporter } from "../metrics/exporter.ts";
import { outside, type Outside } from "./outside.ts";
import { createRuntime, type AppServer, type Runtime } from "./runtime.ts";
import { exportTo, NO_SPANS } from "./spans.ts";

/** The applications of one process. */
export class Host {
  #runtime: Runtime = createRuntime(0, NO_SPANS);
  #servers: AppServer[] = [];
  #down = new Set<AppServer>();
  #outside: Outside | undefined;

  async answer(question: HostQuestion): Promise<HostAnswers[keyof HostAnswers]> {
    switch (question.kind) {
      case "start":
        await this.#start(question.config);
        return null;
      case "faults":
        await this.#setFaults(question.faults);
        return null;
      case "ledger":
        return this.#runtime.tally.rows(question.span);
      case "status":
        return { inFlight: this.#runtime.inFlight };
      default:
        throw new Error(`no such question: ${JSON.stringify(question)}`);
    }
  }

  async #start(config: HostConfig): Promise<void> {
    this.#runtime = createRuntime(config.seed, config.otlpUrl === null ? NO_SPANS : exportTo(config.otlpUrl));
    this.#servers = config.instances.map((instance) => applicationOf(this.#runtime, instance));
    if (config.outside !== null) {
      this.#outside = outside(this.#runtime, config.outside);
      this.#servers.push(...this.#outside.servers);
    }
    if (config.exporter !== null) await startExporter(config.exporter);
    await Promise.all(this.#servers.map((server) => server.start()));
  }

  async #setFaults(faults: AppFaults): Promise<void> {
    this.#runtime.faults = faults;
    await Promise.all(this.#servers.map((server) => this.#upOrDown(server, isStopped(server, faults))));
    this.#outside?.setLoad(faults.load);
  }

  async #upOrDown(server: AppServer, down: boolean): Promise<void> {
    if (down === this.#down.has(server)) return;
    if (down) {
      this.#down.add(server);
      await server.stop();
    } else {
      await server.start();
      this.#down.delete(server);
    }
  }
}

function isStopped(server: AppServer, faults: AppFaults): boolean {
  return faults.stopped.some((key) => key === server.service || key === `${server.service}@${server.version ?? ""}`);
}

function applicationOf(runtime: Runtime, instance: Instance): AppServer {
  const port = instance.appPort;
  const { protocol } = serviceNamed(instance.service);
  if (protocol === "tcp") return kvApp(runtime, instance, port);
  if (protocol === "grpc") return grpcApp(runtime, instance, port, ratingsHandler(runtime, instance));
  return httpApp({ runtime, app: instance, port, handler: handlerFor(runtime, instance) });
}
