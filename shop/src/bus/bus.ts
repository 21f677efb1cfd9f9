/** What a request carries beside its body. Names are written as here; a missing one is left out. */
export interface BusHeaders {
  /** Wall-clock time after which nobody waits for the answer. Set by the bus. */
  readonly 'Deadline-Ms'?: string;
  readonly 'Idempotency-Key'?: string;
  readonly 'Visitor-Id'?: string;
  /** `simulate` where customers are played; else the request came from outside. */
  readonly Source?: string;
}

/** A request as its responder sees it. */
export interface BusRequest {
  readonly body: unknown;
  readonly headers: BusHeaders;
}

/** An answer, and which instance gave it. */
export interface BusReply {
  readonly body: unknown;
  readonly answeredBy: string;
}

/** Answers one request. What it throws is told as `responder-failed`. */
export type Responder = (request: BusRequest) => Promise<unknown>;

/** Undoes a registration. */
export type Leave = () => void;

export interface RequestOptions {
  /** Default 5,000. */
  readonly timeoutMs?: number;
  readonly headers?: BusHeaders;
}

/**
 * Requests with answers, and announcements without.
 *
 * Bodies are JSON of at most `maxBusBytes`; nothing is shared between the two sides. An adapter
 * gives each request to one of the subject's responders, refuses at once when there is none, bounds
 * the requests in flight per subject, and drops requests whose deadline has passed.
 */
export interface Bus {
  /** @throws {BusError} When there is no answer. */
  request(subject: string, body: unknown, options?: RequestOptions): Promise<BusReply>;
  respond(subject: string, responder: Responder): Leave;
  /** Reaches every listener, if it is there. */
  broadcast(subject: string, body: unknown): void;
  listen(subject: string, listener: (body: unknown) => void): Leave;
  /** Answers what is in flight, then refuses everything. */
  close(): Promise<void>;
}

/** Why a request has no answer. */
export type BusErrorCode =
  | 'no-responder'
  | 'responder-timeout'
  | 'responder-failed'
  | 'busy'
  | 'too-large';

/** A request without an answer. What its responder did meanwhile is unknown after a time-out. */
export class BusError extends Error {
  override readonly name = 'BusError';
  readonly code: BusErrorCode;

  constructor(code: BusErrorCode, subject: string, options?: ErrorOptions) {
    super(`${subject}: ${code}`, options);
    this.code = code;
  }
}

/** Requests in flight per subject; one more is refused as `busy`. */
export const maxInFlight = 64;
/** Bytes of a body. */
export const maxBusBytes = 1_048_576;
export const defaultTimeoutMs = 5_000;
