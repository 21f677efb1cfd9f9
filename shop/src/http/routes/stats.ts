import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { subjects } from '../../bus/subjects.ts';
import { daysBetween, isRealDay, isZone } from '../../domain/zoned-day.ts';
import type { ProductCounts } from '../../stats/counts.ts';
import { productCounts } from '../../stats/product-counts.ts';
import {
  allRankings,
  type RankingId,
  rankingLimit,
  rankingNames,
  rankingPeriods,
} from '../../streams/ranking/rankings.ts';
import type { HttpApp, RouteTools } from '../parts.ts';
import { Problem } from '../problem.ts';
import { answers, productCounts as countedProduct, dayRow, rankedProduct } from '../schemas.ts';

const tags = ['stats'];
const strict = { additionalProperties: false };
const codeText = Type.String({ minLength: 1, maxLength: 64 });
const dayText = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });

/** The most days of one answer. */
export const maxDays = 92;

/** What is counted. */
export function statsRoutes(app: HttpApp, tools: RouteTools): void {
  productStats(app, tools);
  rankings(app, tools);
  viewers(app, tools);
  daily(app, tools);
}

function productStats(app: HttpApp, tools: RouteTools): void {
  const { counts, lists } = tools.parts;
  const schema = {
    tags,
    summary: 'All live counts of one treasure',
    params: Type.Object({ code: codeText }),
    response: answers(200, countedProduct),
  };
  app.get('/api/stats/products/:code', { schema }, async (request) => {
    const { code } = request.params;
    const product = await bookedProduct(tools, request, code);
    const read = await counts.productOf(code);
    const told = (counted: ProductCounts) => {
      const { name, quantity } = product ?? { name: code, quantity: null };
      const rest = { name, quantity, viewers: lists.viewersOf(code), asOf: tools.timestamp() };
      return tools.success(request, { ...counted, ...rest });
    };
    switch (read.state) {
      case 'found':
        return told(read.counts);
      case 'absent':
        // Nobody has looked at it yet, or it is no treasure of this world.
        if (product === undefined) throw new Problem('product-not-found', { productId: code });
        return told(productCounts(code, { stats: undefined, now: undefined, viewsToday: 0 }));
      case 'restoring':
        throw new Problem('restoring', { lag: read.lag, percent: read.percent });
      default:
        throw new Problem('counts-unavailable');
    }
  });
}

function rankings(app: HttpApp, tools: RouteTools): void {
  const all = allRankings();
  const known = rankingNames.map((name) => `${name} (${rankingPeriods[name].join(', ')})`);
  const metrics = new Set(all.map(({ metric }) => metric));
  const schema = {
    tags,
    summary: 'The leading treasures',
    params: Type.Object({ name: Type.Enum([...rankingNames]) }),
    querystring: Type.Object(
      {
        period: Type.Optional(Type.Enum(['total', 'today'])),
        metric: Type.Optional(Type.Enum([...metrics])),
        n: Type.Optional(Type.Integer({ minimum: 1, maximum: rankingLimit })),
      },
      strict,
    ),
    response: answers(200, Type.Array(rankedProduct)),
  };
  // What is not there is no mistake in the form of the request.
  const options = { schema, attachValidation: true };
  app.get('/api/stats/rankings/:name', options, async (request) => {
    const { validationError } = request;
    const unknown = new Problem('ranking-not-found', { known: known.join(', ') });
    if (validationError !== undefined) {
      throw validationError.validationContext === 'params' ? unknown : validationError;
    }
    const { period = 'total', metric, n = rankingLimit } = request.query;
    const { name } = request.params;
    const id = all.find(isAskedFor({ name, period, metric }));
    if (id === undefined) throw unknown;
    requireLists(tools);
    return tools.success(request, tools.parts.lists.ranking(id).slice(0, n));
  });
}

function isAskedFor(asked: { name: string; period: string; metric: string | undefined }) {
  return (id: Required<RankingId>): boolean =>
    id.name === asked.name &&
    id.period === asked.period &&
    // The first metric of a ranking stands for it.
    (asked.metric === undefined || asked.metric === id.metric);
}

function viewers(app: HttpApp, tools: RouteTools): void {
  const schema = {
    tags,
    summary: 'How many people look at some treasures now; for polling',
    querystring: Type.Object({ ids: Type.String({ pattern: idsForm }) }, strict),
    response: answers(200, Type.Record(Type.String(), Type.Integer())),
  };
  app.get('/api/stats/viewers', { schema }, async (request, reply) => {
    requireLists(tools);
    const codes = request.query.ids.split(',');
    const { lists } = tools.parts;
    const now = Object.fromEntries(codes.map((code) => [code, lists.viewersOf(code)]));
    const etag = `"${createHash('sha1').update(JSON.stringify(now)).digest('base64url')}"`;
    void reply.header('etag', etag).header('cache-control', 'no-cache');
    if (request.headers['if-none-match'] !== etag) return tools.success(request, now);
    return reply.code(304).send(null);
  });
}

/** At most a hundred codes, separated by commas. */
const idsForm = '^[^,]{1,64}(,[^,]{1,64}){0,99}$';

function daily(app: HttpApp, tools: RouteTools): void {
  const schema = {
    tags,
    summary: 'What happened to each treasure on each day',
    description: 'With group=day one row for each day, for all treasures together.',
    querystring: Type.Object(
      {
        from: dayText,
        to: dayText,
        code: Type.Optional(codeText),
        zone: Type.Optional(Type.String({ maxLength: 64 })),
        group: Type.Optional(Type.Enum(['product', 'day'])),
      },
      strict,
    ),
    response: answers(200, Type.Array(dayRow)),
  };
  app.get('/api/stats/daily', { schema }, async (request) => {
    const { group, ...span } = request.query;
    checkSpan(span);
    requireLists(tools);
    const { lists } = tools.parts;
    const rows = group === 'day' ? lists.dayTotals(span) : lists.days(span);
    return tools.success(request, rows);
  });
}

function checkSpan({ from, to, zone }: { from: string; to: string; zone?: string }): void {
  const refuse = (field: string, problem: string): never => {
    throw new Problem('validation-failed', { field: `querystring.${field}`, problem });
  };
  for (const [field, day] of Object.entries({ from, to })) {
    if (!isRealDay(day)) refuse(field, 'is no day of the calendar');
  }
  const days = daysBetween(from, to) + 1;
  if (days < 1) refuse('to', 'must not be before from');
  if (days > maxDays) refuse('to', `must be at most ${maxDays} days from from`);
  if (zone !== undefined && !isZone(zone)) refuse('zone', 'is no time zone');
}

function requireLists({ parts }: RouteTools): void {
  if (!parts.lists.ready) throw new Problem('counts-unavailable');
}

/** The treasure in the books, where codes are ids; undefined where only events know it. */
async function bookedProduct(tools: RouteTools, request: FastifyRequest, code: string) {
  if (!/^[1-9]\d{0,14}$/.test(code)) return undefined;
  try {
    const asked = { productId: Number(code) };
    const { product } = await tools.ask(request, subjects.fetchProduct, asked);
    return product.code === code ? product : undefined;
  } catch (error) {
    if (error instanceof Problem && error.code === 'product-not-found') return undefined;
    throw error;
  }
}
