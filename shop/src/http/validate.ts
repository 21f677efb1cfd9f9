import type { FastifySchemaCompiler, FastifyTypeProvider } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Problem } from './problem.ts';

/** Lets Fastify infer what a route is given from its schemas; answers are compared by tests. */
export interface TypeBoxProvider extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

/**
 * Checks what a request brings. Numbers in addresses are read from their digits; a body must have
 * the types that it should have. Unknown fields are refused where the schema says so.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator: Validator = Compile(schema);
  const numbers = httpPart === 'body' ? [] : numberFields(schema);
  return (data: unknown) => {
    const value = numbers.length === 0 ? data : withNumbers(data, numbers);
    if (validator.Check(value)) return { value };
    const errors = validator.Errors(value);
    // A field too many has an error of its own before the one that names it.
    const first = errors.find(({ keyword }) => keyword === 'additionalProperties') ?? errors[0];
    const path = (first?.instancePath ?? '').slice(1).replaceAll('/', '.');
    const field = [httpPart, path].filter((part) => part !== undefined && part !== '').join('.');
    const problem = problemText(first);
    return { error: new Problem('validation-failed', { field, problem }) };
  };
};

interface FieldError {
  readonly message: string;
  readonly keyword: string;
  readonly params: object;
}

function problemText(error: FieldError | undefined): string {
  if (error === undefined) return 'is refused';
  const named = Object.values(error.params)
    .flat()
    .filter((name) => typeof name === 'string');
  if (error.keyword === 'additionalProperties') return `unknown field ${named.join(', ')}`;
  if (error.keyword === 'enum') return `must be one of ${named.join(', ')}`;
  return error.message;
}

function numberFields(schema: TSchema): readonly string[] {
  const properties: unknown = 'properties' in schema ? schema.properties : undefined;
  if (typeof properties !== 'object' || properties === null) return [];
  return Object.entries(properties)
    .filter(([, field]) => field?.type === 'integer')
    .map(([name]) => name);
}

function withNumbers(data: unknown, names: readonly string[]): unknown {
  if (typeof data !== 'object' || data === null) return data;
  const numbers = Object.entries(data)
    .filter(([name, text]) => names.includes(name) && typeof text === 'string' && digits.test(text))
    .map(([name, text]) => [name, Number(text)] as const);
  return { ...data, ...Object.fromEntries(numbers) };
}

const digits = /^-?\d{1,16}$/;
