import { asBuffer } from '../base/bytes.ts';
import { ConfigError } from '../errors/config-errors.ts';
import type { Serde } from './serde.ts';

/** A validator of the Standard Schema specification (zod, valibot, arktype, …). */
export interface StandardSchema<out T> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>;
  };
}

/** What a schema makes of a value: what it is, or what is wrong with it. */
export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };

/**
 * JSON text, validated when read: `parse` returns the value or throws, or is a Standard Schema.
 *
 * `parse` decides the type, so one that returns `unknown` is refused. The JSON text `null` and an
 * asynchronous schema are a `DecodeError`.
 *
 * @throws {ConfigError} Without `parse`.
 */
export function json<T extends {}>(parse: ((value: unknown) => T) | StandardSchema<T>): Serde<T> {
  requireParse(parse);
  const validate = isSchema(parse) ? bySchema(parse) : parse;
  return {
    encode: (value, to) => to.utf8(textOf(value)),
    decode: (bytes, start, end) => {
      const parsed = parseText(asBuffer(bytes).utf8Slice(start, end));
      if (parsed === null) throw new TypeError('the JSON text is null');
      const value: T | null | undefined = validate(parsed);
      if (value === null || value === undefined) throw new TypeError(`parse returned ${value}`);
      return value;
    },
    holds: 'plain',
    identity: undefined,
  };
}

function requireParse(parse: unknown): void {
  if (typeof parse === 'function') return;
  if (typeof parse === 'object' && parse !== null && '~standard' in parse) return;
  throw new ConfigError([
    'json needs what checks values when they are read: a function that returns the value or ' +
      'throws, or a Standard Schema, such as json(parseOrder)',
  ]);
}

/** Schemas may be functions too, so the property decides. */
function isSchema<T>(
  parse: ((value: unknown) => T) | StandardSchema<T>,
): parse is StandardSchema<T> {
  return '~standard' in parse;
}

function textOf(value: unknown): string {
  // Undefined for a function, a symbol and undefined itself, whatever the declared type says.
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined || text === 'null') {
    throw new TypeError('the value has no JSON text, or null as its text');
  }
  return text;
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and errors must not carry contents of records.
    throw new SyntaxError('the bytes are not JSON text');
  }
}

const maxIssues = 5;

function bySchema<T>(schema: StandardSchema<T>): (value: unknown) => T {
  const standard = schema['~standard'];
  return (value) => {
    const result = standard.validate(value);
    if (result instanceof Promise) throw asynchronous(result);
    if (result.issues === undefined) return result.value;
    const messages = result.issues.slice(0, maxIssues).map((issue) => issue.message);
    throw new TypeError(`not what the ${standard.vendor} schema says: ${messages.join('; ')}`);
  };
}

function asynchronous(result: Promise<unknown>): TypeError {
  // Whatever it comes to, nobody waits for it; unhandled, its failure would end the process.
  result.catch(() => undefined);
  return new TypeError('the schema is asynchronous: use one that validates at once');
}
