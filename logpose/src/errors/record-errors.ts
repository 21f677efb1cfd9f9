import { type RecordPosition, showPosition } from './record-position.ts';
import { StreamsError } from './streams-error.ts';

/** Bytes at one position that the topic's serde refused. */
export class DecodeError extends StreamsError {
  override readonly name = 'DecodeError';
  readonly code: 'DECODE_FAILED' | 'NULL_NOT_ALLOWED';
  readonly retriable = false;
  readonly position: RecordPosition;
  readonly part: 'key' | 'value';

  constructor(position: RecordPosition, part: 'key' | 'value', cause: unknown) {
    const missing = cause === undefined;
    super(
      missing
        ? `the ${part} at ${showPosition(position)} is null, and its serde is not nullable(…)`
        : `cannot decode the ${part} at ${showPosition(position)}`,
      missing ? undefined : { cause },
    );
    this.code = missing ? 'NULL_NOT_ALLOWED' : 'DECODE_FAILED';
    this.position = position;
    this.part = part;
  }
}

/** User code that threw: `cause` is what. The message names its class only, not what it says. */
export class ProcessError extends StreamsError {
  override readonly name = 'ProcessError';
  readonly code: 'PROCESS_FAILED' | 'STATE_MUTATED';
  readonly retriable = false;
  readonly node: string;
  /** Undefined in a punctuator, when a commit sends updates on, and when a task opens. */
  readonly position: RecordPosition | undefined;

  constructor(node: string, position: RecordPosition | undefined, cause: unknown) {
    const mutated = isMutationOfState(cause);
    const where = position === undefined ? 'outside of a record' : `at ${showPosition(position)}`;
    super(
      mutated
        ? `processor ${node} changed a value that is kept in state, ${where}: ` +
            'values in state are immutable, return a changed copy instead'
        : `processor ${node} failed ${where}: ${kindOf(cause)}`,
      { cause },
    );
    this.code = mutated ? 'STATE_MUTATED' : 'PROCESS_FAILED';
    this.node = node;
    this.position = position;
  }
}

/** A record that could not be written. */
export class ProduceError extends StreamsError {
  override readonly name = 'ProduceError';
  readonly code: 'PRODUCE_FAILED' | 'ENCODE_FAILED';
  readonly retriable: boolean;
  readonly topic: string;

  constructor(
    topic: string,
    kind: { readonly code: 'PRODUCE_FAILED' | 'ENCODE_FAILED'; readonly retriable?: boolean },
    cause: unknown,
  ) {
    const what = kind.code === 'ENCODE_FAILED' ? 'encode a record for' : 'write a record to';
    super(`cannot ${what} ${topic}: ${reasonOf(cause)}`, { cause });
    this.code = kind.code;
    this.retriable = kind.retriable ?? false;
    this.topic = topic;
  }
}

/** V8's words for a write to a frozen object, which is how `put` protects plain values. */
function isMutationOfState(cause: unknown): boolean {
  return (
    cause instanceof TypeError &&
    /read only property|object is not extensible|Cannot delete property|Cannot redefine/.test(
      cause.message,
    )
  );
}

/** The class of an error, also of one that has no name of its own. */
function kindOf(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause;
  return cause.name === 'Error' ? cause.constructor.name : cause.name;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
