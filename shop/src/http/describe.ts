import type { FastifySchema, RouteOptions } from 'fastify';
import { envelopeOf, exampleOf, examples, type RouteExample } from './examples.ts';
import { type ProblemCode, problems } from './problem-codes.ts';
import { noBody, problem } from './schemas.ts';

/** A route as Fastify describes it. */
interface Described {
  readonly schema: FastifySchema;
  readonly url: string;
  readonly route: RouteOptions;
}

/** Adds a route's examples and problems to its description; what is accepted stays as it is. */
export function describe({ schema, url, route }: Described): {
  schema: FastifySchema;
  url: string;
} {
  const example = examples[`${route.method} ${url}`];
  if (example === undefined) return { schema, url };
  const { body, params, querystring, response, ...rest } = schema;
  const { params: ids = {}, query = {} } = example;
  return {
    url,
    schema: {
      ...rest,
      ...(params === undefined ? {} : { params: withExamples(params, ids) }),
      ...(querystring === undefined ? {} : { querystring: withExamples(querystring, query) }),
      ...(body === undefined || body === noBody
        ? {}
        : { body: { ...Object(body), examples: [example.body] } }),
      response: { ...successes(response, pathOf(url, ids), example), ...failures(url, example) },
    },
  };
}

function withExamples(schema: unknown, values: Readonly<Record<string, string | number>>): object {
  const { properties, ...rest } = Object(schema);
  const fields = Object.entries<object>(properties).map(([name, field]) => {
    const value = values[name];
    return [name, value === undefined ? field : { ...field, examples: [value] }];
  });
  return { ...rest, properties: Object.fromEntries(fields) };
}

function successes(response: unknown, path: string, example: RouteExample): object {
  const statuses = Object.entries<object>(Object(response)).filter(
    ([status]) => status !== 'default',
  );
  return Object.fromEntries(
    statuses.map(([status, schema]) => {
      return [status, { ...schema, examples: [envelopeOf(path, Number(status), example)] }];
    }),
  );
}

/** The problems of a route by their status, with one example of each code. */
function failures(url: string, { problems: codes, params = {} }: RouteExample): object {
  const byStatus = Map.groupBy<number, ProblemCode>(codes, (code) => problems[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, those]) => {
      const description = those.map((code) => problems[code].title).join('; ');
      const shown = those.map((code) => [code, { value: exampleOf(code, pathOf(url, params)) }]);
      const content = { schema: problem, examples: Object.fromEntries(shown) };
      return [status, { description, content: { 'application/problem+json': content } }];
    }),
  );
}

function pathOf(url: string, params: Readonly<Record<string, string | number>>): string {
  return url.replace(/:(\w+)/g, (_all, name: string) => `${params[name] ?? ''}`);
}
