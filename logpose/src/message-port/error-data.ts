import { InvariantError } from '../base/assert.ts';
import { ConfigError, TopologyError } from '../errors/config-errors.ts';
import {
  FencedError,
  LogDamagedError,
  LogUnavailableError,
  NotAMemberError,
  PositionOutOfRangeError,
  TransactionAbortedError,
  TransactionInDoubtError,
} from '../errors/log-errors.ts';
import { DecodeError, ProcessError, ProduceError } from '../errors/record-errors.ts';
import { StoreDamagedError, StoreUnavailableError } from '../errors/store-errors.ts';
import { WorkerError } from '../errors/worker-errors.ts';
import { type ErrorClass, type ErrorFields, type FieldsByClass, fieldsOf } from './error-fields.ts';

/** An error as plain data, which crosses from thread to thread. */
export interface ErrorData {
  readonly what: ErrorFields;
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause: CauseData | undefined;
}

/** What an error was caused by: another error, or whatever else was thrown, as text. */
export type CauseData = { readonly error: ErrorData } | { readonly text: string };

// Causes may go round in a circle.
const maxCauses = 8;

/** What was thrown, as data. What is no error becomes one, with its text. */
export function errorData(thrown: unknown, causes = maxCauses): ErrorData {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { message, stack, cause } = error;
  return {
    what: fieldsOf(error),
    message,
    stack,
    cause: cause === undefined ? undefined : causeData(cause, causes - 1),
  };
}

/** The error again: of its class where that is ours or the language's, with its fields. */
export function errorFrom({ what, message, stack, cause: data }: ErrorData): Error {
  const cause = data && ('error' in data ? errorFrom(data.error) : data.text);
  const error = made(what, cause);
  put(error, 'message', message);
  put(error, 'stack', stack);
  if (cause !== undefined) put(error, 'cause', cause);
  return error;
}

function causeData(cause: unknown, causes: number): CauseData {
  if (cause instanceof Error && causes > 0) return { error: errorData(cause, causes) };
  return { text: String(cause) };
}

type Makers = {
  readonly [C in ErrorClass]: (fields: FieldsByClass[C], cause: unknown) => Error;
};

// Messages are put in afterwards: they say more than the fields do.
const makers: Makers = {
  ConfigError: ({ problems }) => new ConfigError(problems),
  TopologyError: ({ problems, code }) => new TopologyError(problems, code),
  LogUnavailableError: ({ retriable }) => new LogUnavailableError('', { retriable }),
  LogDamagedError: ({ file, position, advice }) =>
    new LogDamagedError('', {
      ...(file !== undefined && { file }),
      ...(position !== undefined && { position }),
      ...(advice !== undefined && { advice }),
    }),
  PositionOutOfRangeError: ({ position, ...range }) => new PositionOutOfRangeError(position, range),
  FencedError: ({ transactionalId = '', instanceId }) =>
    new FencedError(instanceId === undefined ? transactionalId : { instanceId }),
  NotAMemberError: ({ groupId }) => new NotAMemberError(groupId, ''),
  TransactionAbortedError: () => new TransactionAbortedError(''),
  TransactionInDoubtError: () => new TransactionInDoubtError(),
  // The codes of these two come from their causes.
  DecodeError: ({ position, part }, cause) => new DecodeError(position, part, cause),
  ProcessError: ({ node, position }, cause) => new ProcessError(node, position, cause),
  ProduceError: ({ topic, ...kind }, cause) => new ProduceError(topic, kind, cause),
  StoreUnavailableError: ({ store, state }) => new StoreUnavailableError(store, state, { why: '' }),
  StoreDamagedError: ({ store, directory }) =>
    new StoreDamagedError(store, directory, { damage: '' }),
  WorkerError: ({ worker }) => new WorkerError(worker, ''),
  InvariantError: () => new InvariantError(),
  other: ({ name, code }) => {
    const error = new (builtIn[name] ?? Error)();
    if (error.name !== name) put(error, 'name', name);
    if (code !== undefined) put(error, 'code', code);
    return error;
  },
};

const builtIn: Readonly<Record<string, ErrorConstructor>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

function made<C extends ErrorClass>(
  what: { readonly class: C; readonly fields: FieldsByClass[C] },
  cause: unknown,
): Error {
  return makers[what.class](what.fields, cause);
}

/** As V8 has it for errors: not among the enumerable properties. */
function put(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, writable: true, configurable: true });
}
