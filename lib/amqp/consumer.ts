// Consumes one queue of a RabbitMQ, message by message, for as long as it is told to: connects again with growing
// pauses, acknowledges only what has been dealt with, and puts what cannot be into the dead-letter queue.
import { setTimeout as delay } from "node:timers/promises";
import { connect, type ChannelModel, type ConsumeMessage } from "amqplib";
import { log } from "#lib/log/log.ts";
import { AmqpError, failureOf, type AmqpFailure } from "./errors.ts";
import { ensureQueue, openDeadLetters, type DeadLetters } from "./queues.ts";
import { within } from "./within.ts";

export type AmqpMessage = {
  readonly content: Buffer;
  /** Somebody has had it before; perhaps we, before a crash. */
  readonly redelivered: boolean;
};

export type AmqpOutcome =
  /** Everything that follows from it is stored: only now the broker may forget it. */
  | { readonly type: "done" }
  /** It can never be dealt with, and why. */
  | { readonly type: "deadLetter"; readonly reason: string }
  /** Nothing is wrong with the message: give it back, and come again after a pause. */
  | { readonly type: "later" };

export type AmqpConsumerOptions = {
  readonly url: string;
  /** Certificate authorities, PEM; the system's if not given. */
  readonly ca?: string;
  readonly queue: string;
  /** Called for one message at a time, in the order of the queue. */
  readonly handle: (message: AmqpMessage) => Promise<AmqpOutcome>;
  /** Told at every change; "" while the queue is consumed. */
  readonly onState: (state: AmqpFailure | "") => void;
  readonly firstRetryMs?: number;
  readonly maxRetryMs?: number;
};

export type AmqpConsumer = {
  /** Deals with the message in hand, takes no other, and closes the connection. */
  stop(): Promise<void>;
};

const CONNECT_TIMEOUT_MS = 10_000;
const CALL_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;
/** For the message in hand when the session ends. */
const FINISH_TIMEOUT_MS = 5_000;
const HEARTBEAT_SECONDS = 20;

export function consumeQueue(options: AmqpConsumerOptions): AmqpConsumer {
  const { firstRetryMs = 500, maxRetryMs = 30_000, queue, onState } = options;
  const stopping = new AbortController();
  let last: AmqpFailure | "" | undefined;
  const tell = (state: AmqpFailure | ""): void => {
    if (state === last) return;
    last = state;
    log.info({ queue, state }, state === "" ? "queue is consumed" : "queue is not consumed");
    onState(state);
  };

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const session = new Session(options, () => {
        tell("");
      });
      try {
        await session.run(stopping.signal);
      } catch (error) {
        const code = failureOf(error);
        if (code === "unexpected") log.error({ err: error, queue }, "queue");
        // a pause that was asked for must grow too, although the connection was fine
        failures = session.wasUseful ? 1 : failures + 1;
        tell(code);
        const pauseMs = Math.min(firstRetryMs * 2 ** Math.min(failures - 1, 10), maxRetryMs);
        await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** One connection, from its opening to its end. */
class Session {
  readonly #options: AmqpConsumerOptions;
  readonly #onConsuming: () => void;
  #work: Promise<void> = Promise.resolve();
  /** At least one message was dealt with. */
  wasUseful = false;

  constructor(options: AmqpConsumerOptions, onConsuming: () => void) {
    this.#options = options;
    this.#onConsuming = onConsuming;
  }

  /** Resolves when told to stop. @throws whatever else ends the session */
  async run(signal: AbortSignal): Promise<void> {
    const { queue } = this.#options;
    const connection = await this.#connect();
    // everything that can end the session rejects or resolves this one promise
    const end = Promise.withResolvers<"stop">();
    end.promise.catch(() => undefined);
    const fail = (error: unknown): void => {
      end.reject(error instanceof Error ? error : new AmqpError("unexpected", String(error)));
    };
    const stop = (): void => {
      end.resolve("stop");
    };
    connection.on("error", fail);
    connection.on("close", () => {
      fail(new AmqpError("connectionLost", "the broker closed the connection"));
    });
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    try {
      const call = <T>(answer: Promise<T>, what: string): Promise<T> => within(answer, CALL_TIMEOUT_MS, what);
      await ensureQueue(connection, queue, CALL_TIMEOUT_MS);
      const letters = await openDeadLetters(connection, queue, { timeoutMs: CALL_TIMEOUT_MS, onError: fail });
      const channel = await call(connection.createChannel(), "channel");
      channel.on("error", fail);
      channel.on("close", () => {
        fail(new AmqpError("connectionLost", "the broker closed the channel"));
      });
      await call(channel.prefetch(1), "prefetch");
      const onMessage = (message: ConsumeMessage | null): void => {
        if (message === null) {
          fail(new AmqpError("queueDeleted", `${queue} is gone`));
          return;
        }
        this.#work = this.#deal(message, letters, () => {
          channel.ack(message);
        }).catch(fail);
      };
      // exclusive: a second worker stands by and takes over, because two would lose the order inside a room
      const consuming = channel.consume(queue, onMessage, { noAck: false, exclusive: true });
      // a refusal closes the channel, and its event has the better words
      const answer = await call(Promise.race([consuming, end.promise]), "consume");
      if (answer === "stop") return;
      this.#onConsuming();
      await end.promise;
      await call(channel.cancel(answer.consumerTag), "cancel");
    } finally {
      signal.removeEventListener("abort", stop);
      // the message in hand is finished or given back by the closing, never acknowledged after it
      await Promise.race([this.#work, delay(FINISH_TIMEOUT_MS, undefined, { ref: false })]);
      await within(connection.close(), CLOSE_TIMEOUT_MS, "close").catch(() => undefined);
    }
  }

  async #connect(): Promise<ChannelModel> {
    const { url, ca } = this.#options;
    const address = new URL(url);
    if (!address.searchParams.has("heartbeat")) address.searchParams.set("heartbeat", String(HEARTBEAT_SECONDS));
    const opening = connect(address.href, {
      timeout: CONNECT_TIMEOUT_MS,
      servername: address.hostname,
      ...(ca !== undefined && { ca }),
    });
    try {
      return await within(opening, CONNECT_TIMEOUT_MS, "connect");
    } catch (error) {
      // one that opens after the limit would stay open for ever
      opening
        .then(
          (late) => late.close(),
          () => undefined,
        )
        .catch(() => undefined);
      throw error;
    }
  }

  async #deal(message: ConsumeMessage, letters: DeadLetters, acknowledge: () => void): Promise<void> {
    const { content, fields } = message;
    const outcome = await this.#options.handle({ content, redelivered: fields.redelivered });
    if (outcome.type === "later") throw new AmqpError("paused", "not now");
    if (outcome.type === "deadLetter") await letters.put(message, outcome.reason);
    acknowledge();
    this.wasUseful = true;
  }
}
