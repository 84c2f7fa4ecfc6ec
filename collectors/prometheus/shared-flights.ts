import { err, WeftError, type Result } from "#lib/model/errors.ts";

interface Flight {
  promise: Promise<unknown>;
  controller: AbortController;
  waiters: number;
}

/** Equal questions that are under way at the same time are asked once; one that nobody waits for any more is given up. */
export class SharedFlights {
  readonly #flights = new Map<string, Flight>();

  get size(): number {
    return this.#flights.size;
  }

  /** Joins the question of this key, or puts it. A caller whose `signal` aborts gets SOURCE_UNREACHABLE at once. */
  async join<T>(key: string, signal: AbortSignal | undefined, ask: (signal: AbortSignal) => Promise<Result<T>>): Promise<Result<T>> {
    if (signal?.aborted === true) return err(givenUp());
    const flight = this.#flights.get(key) ?? this.#start(key, ask);
    flight.waiters++;
    try {
      // Equal keys stand for equal questions, and so for answers of one type.
      return await waitFor(flight.promise as Promise<Result<T>>, signal);
    } finally {
      flight.waiters--;
      if (flight.waiters === 0) {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        flight.controller.abort();
      }
    }
  }

  #start<T>(key: string, ask: (signal: AbortSignal) => Promise<Result<T>>): Flight {
    const controller = new AbortController();
    const promise = ask(controller.signal).finally(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    const flight: Flight = { promise, controller, waiters: 0 };
    this.#flights.set(key, flight);
    return flight;
  }
}

function waitFor<T>(promise: Promise<Result<T>>, signal: AbortSignal | undefined): Promise<Result<T>> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const leave = (): void => resolve(err(givenUp()));
    signal.addEventListener("abort", leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}

function givenUp(): WeftError {
  return new WeftError("SOURCE_UNREACHABLE", "The question was given up before it was answered.", { isRetryable: true });
}
