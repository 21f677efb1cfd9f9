import type { Bus, RequestOptions } from './bus.ts';
import type { AnswerBodies, Reply, RequestBody, RequestSubject } from './messages.ts';

/** An answer of a responder of the shop, and which instance gave it. */
export interface Answered<S extends RequestSubject> {
  readonly reply: Reply<AnswerBodies[S]>;
  readonly answeredBy: string;
}

/** Asks the shop's responders; the types follow from the subject. */
export class ShopRequests {
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** @throws {BusError} When nobody answers in time. */
  async ask<S extends RequestSubject>(
    subject: S,
    body: RequestBody<S>,
    options?: RequestOptions,
  ): Promise<Answered<S>> {
    const { body: reply, answeredBy } = await this.#bus.request(subject, body, options);
    if (!isReply<S>(reply)) throw new TypeError(`${subject}: an answer without ok or error`);
    return { reply, answeredBy };
  }
}

/** Both sides are this program, so that the form of `ok` is what the responder's type says. */
function isReply<S extends RequestSubject>(reply: unknown): reply is Reply<AnswerBodies[S]> {
  return typeof reply === 'object' && reply !== null && ('ok' in reply || 'error' in reply);
}
