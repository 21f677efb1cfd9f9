import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify';
import type { Bus } from '../bus/bus.ts';
import type { AnswerBodies, RequestBody, RequestSubject } from '../bus/messages.ts';
import { ShopRequests } from '../bus/shop-requests.ts';
import type { Surroundings } from '../domain/surroundings.ts';
import { isoInZone } from '../domain/zoned-day.ts';
import type { Driver } from '../ops/driver.ts';
import type { Instances } from '../ops/instances.ts';
import type { Counts, Lists, Witness } from '../stats/counts.ts';
import type { WorldFile } from '../world-file.ts';
import type { AccessRules } from './access.ts';
import { Problem } from './problem.ts';
import type { TypeBoxProvider } from './validate.ts';
import { visitorOf } from './visitor.ts';

/** What the server answers from. */
export interface HttpParts {
  readonly bus: Bus;
  readonly counts: Counts;
  readonly lists: Lists;
  readonly witness: Witness;
  /** The simulated customers, if there are any. */
  readonly driver: Driver | undefined;
  readonly instances: Instances;
  readonly zone: string;
  /** Whether events are of now, and what prices are in. */
  readonly world: Pick<WorldFile, 'time' | 'currency' | 'scale'>;
  readonly surroundings: Surroundings;
  readonly access: AccessRules;
  readonly onError: (error: unknown) => void;
  /** The built page; without one only the API is served. */
  readonly pageDirectory?: string;
}

/** A server whose routes have the types of their schemas. */
export type HttpApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxProvider
>;

/** What routes have in common: asking the bus, and the envelope of a success. */
export class RouteTools {
  readonly parts: HttpParts;
  readonly #requests: ShopRequests;

  constructor(parts: HttpParts) {
    this.parts = parts;
    this.#requests = new ShopRequests(parts.bus);
  }

  /** @throws {Problem} What the shop refuses. @throws {BusError} When nobody answers. */
  async ask<S extends RequestSubject>(
    request: FastifyRequest,
    subject: S,
    body: RequestBody<S>,
  ): Promise<AnswerBodies[S]> {
    const { reply } = await this.#requests.ask(subject, body, { headers: headersOf(request) });
    if ('error' in reply) throw new Problem(reply.error.code, reply.error.facts);
    return reply.ok;
  }

  /** The envelope around a result. */
  success<T>(request: FastifyRequest, result: T, status = 200) {
    return { path: pathOf(request), status, result, timestamp: this.timestamp() };
  }

  timestamp(): string {
    return isoInZone(this.parts.surroundings.nowMs(), this.parts.zone);
  }
}

/** The address without its query. */
export function pathOf({ url }: { readonly url: string }): string {
  return url.split('?', 1)[0] ?? url;
}

function headersOf({ headers }: FastifyRequest) {
  const key = headers['idempotency-key'];
  const visitorId = visitorOf(headers);
  return {
    ...(key === undefined ? {} : { 'Idempotency-Key': keyOf(key) }),
    ...(visitorId === undefined ? {} : { 'Visitor-Id': visitorId }),
  };
}

function keyOf(key: string | readonly string[]): string {
  if (typeof key === 'string' && /^[\x21-\x7e]{1,128}$/.test(key)) return key;
  const problem = 'must be 1 to 128 visible characters';
  throw new Problem('validation-failed', { field: 'Idempotency-Key', problem });
}
