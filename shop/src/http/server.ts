import { randomBytes } from 'node:crypto';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerPage from '@fastify/swagger-ui';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { isLocal, refuseForeign } from './access.ts';
import { describe } from './describe.ts';
import { KnownMethods } from './known-methods.ts';
import { type HttpApp, type HttpParts, pathOf, RouteTools } from './parts.ts';
import { Problem, problemBody, problemOf } from './problem.ts';
import { languageOf } from './problem-texts.ts';
import { instanceRoutes } from './routes/instances.ts';
import { opsRoutes } from './routes/ops.ts';
import { orderRoutes } from './routes/orders.ts';
import { problemRoutes } from './routes/problems.ts';
import { productRoutes } from './routes/products.ts';
import { reservationRoutes } from './routes/reservations.ts';
import { statsRoutes } from './routes/stats.ts';
import { sendNotFoundPage, servePage, wantsPage } from './serve-page.ts';
import { type TypeBoxProvider, validatorCompiler } from './validate.ts';
import { nameVisitor } from './visitor.ts';

/** Bytes of a body. */
export const maxBodyBytes = 16 * 1024;
/** Writes a second of one address that is not this machine. */
export const maxWritesPerSecond = 50;

/** Builds the server; it does not listen yet. */
export async function buildHttp(parts: HttpParts): Promise<HttpApp> {
  const app = Fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 128 },
    // Of addresses that no route is even looked up for.
    frameworkErrors: (error, request, reply) => problemAnswer(parts)(error, request, reply),
  }).withTypeProvider<TypeBoxProvider>();
  // Fastify reads plain text as well, which no route of ours takes.
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  answerProblems(app, parts);
  app.addHook('onRequest', async (request, reply) => {
    refuseForeign(request, parts.access);
    nameVisitor(request, reply, parts.surroundings);
  });
  app.addHook('onResponse', async ({ headers, raw }, { statusCode }) => {
    // Node has given away the socket of an upgrade that was refused: nobody else would close it.
    if (headers.upgrade !== undefined && statusCode !== 101) raw.socket.destroySoon();
  });
  await app.register(rateLimit, limits);
  await app.register(swagger, documentation);
  await app.register(swaggerPage, { routePrefix: '/basquiat-api' });
  await app.register(async (routes) => {
    const typed = routes.withTypeProvider<TypeBoxProvider>();
    const tools = new RouteTools(parts);
    productRoutes(typed, tools);
    orderRoutes(typed, tools);
    reservationRoutes(typed, tools);
    statsRoutes(typed, tools);
    opsRoutes(typed, tools);
    instanceRoutes(typed, tools);
    problemRoutes(typed);
    typed.get('/api-docs', { schema: { hide: true } }, () => app.swagger());
  });
  const { pageDirectory } = parts;
  if (pageDirectory !== undefined) await servePage(app, pageDirectory);
  return app;
}

type AnswerProblem = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

function problemAnswer(parts: HttpParts): AnswerProblem {
  return (error, request, reply) => {
    const problem = problemOf(error);
    if (problem.code === 'internal') parts.onError(problem.cause);
    const body = problemBody(problem, {
      path: pathOf(request),
      language: languageOf(request.headers['accept-language']),
      traceId: traceIdOf(request),
      nowMs: parts.surroundings.nowMs(),
      zone: parts.zone,
    });
    if (problem.status === 503) void reply.header('retry-after', '1');
    return reply
      .code(problem.status)
      .type('application/problem+json; charset=utf-8')
      .send(JSON.stringify(body));
  };
}

function answerProblems(app: HttpApp, parts: HttpParts): void {
  const answer = problemAnswer(parts);
  app.setErrorHandler(answer);
  const { pageDirectory } = parts;
  const known = new KnownMethods();
  known.watch(app);
  app.setNotFoundHandler((request, reply) => {
    // A person with a browser is told by the page, in its own words.
    if (pageDirectory !== undefined && wantsPage(request)) {
      return sendNotFoundPage(reply, pageDirectory);
    }
    const allow = known.of(pathOf(request)).join(', ');
    if (allow === '') return answer(new Problem('route-not-found'), request, reply);
    void reply.header('allow', allow);
    return answer(new Problem('method-not-allowed', { allow }), request, reply);
  });
}

/** The caller's trace, or one of our own. */
function traceIdOf({ headers }: FastifyRequest): string {
  const given = headers['traceparent'];
  const trace =
    typeof given === 'string' ? /^[\da-f]{2}-([\da-f]{32})-/.exec(given)?.[1] : undefined;
  return trace ?? randomBytes(16).toString('hex');
}

const limits = {
  max: maxWritesPerSecond,
  timeWindow: 1_000,
  allowList: (request: FastifyRequest) => isRead(request.method) || isLocal(request),
  errorResponseBuilder: () => new Problem('too-many-requests'),
};

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

const documentation = {
  transform: describe,
  openapi: {
    openapi: '3.1.0',
    info: {
      title: '보물 상점 · the shop',
      description: 'Orders, reservations and live counts of a small treasure shop.',
      version: '0.1.0',
    },
  },
};
