import { BusError, type BusErrorCode } from '../bus/bus.ts';
import { isoInZone } from '../domain/zoned-day.ts';
import { type ProblemCode, problems } from './problem-codes.ts';
import { detailOf, type Facts, type Language, titleOf } from './problem-texts.ts';

/** A problem as an answer. Thrown by routes, written by the error handler. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly facts: Facts;

  constructor(code: ProblemCode, facts: Facts = {}, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.facts = facts;
  }

  get status(): number {
    return problems[this.code].status;
  }
}

/** What a problem is written with besides itself. */
export interface ProblemContext {
  readonly path: string;
  readonly language: Language;
  readonly traceId: string;
  readonly nowMs: number;
  readonly zone: string;
}

/** Problem details (RFC 9457), with the members of the success envelope as extensions. */
export function problemBody({ code, facts }: Problem, context: ProblemContext) {
  const { status } = problems[code];
  const detail = detailOf(code, context.language, facts);
  return {
    ...facts,
    type: `/problems/${code}`,
    title: titleOf(code, context.language),
    status,
    code,
    detail,
    instance: context.path,
    traceId: context.traceId,
    path: context.path,
    message: detail,
    timestamp: isoInZone(context.nowMs, context.zone),
  };
}

/** The problem that an error of a route or of Fastify amounts to. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof BusError) return new Problem(busProblems[error.code], {}, { cause: error });
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem('too-large');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Problem('not-json');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new Problem('malformed-json');
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new Problem('route-not-found');
    default:
      return new Problem('internal', {}, { cause: error });
  }
}

const busProblems: Readonly<Record<BusErrorCode, ProblemCode>> = {
  'no-responder': 'no-responder',
  'responder-timeout': 'responder-timeout',
  'responder-failed': 'internal',
  busy: 'busy',
  'too-large': 'too-large',
};
