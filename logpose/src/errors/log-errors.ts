import { type RecordPosition, showPosition } from './record-position.ts';
import { StreamsError } from './streams-error.ts';

/** The log cannot be reached or cannot take writes: no connection, a full disk, a closed log. */
export class LogUnavailableError extends StreamsError {
  override readonly name = 'LogUnavailableError';
  readonly code = 'LOG_UNAVAILABLE';
  readonly retriable: boolean;

  constructor(what: string, options: ErrorOptions & { readonly retriable?: boolean } = {}) {
    super(what, options);
    this.retriable = options.retriable ?? true;
  }
}

/** Bytes in the log that are not what was written. */
export class LogDamagedError extends StreamsError {
  override readonly name = 'LogDamagedError';
  readonly code = 'LOG_DAMAGED';
  readonly retriable = false;
  /** The file, where the log is in files. */
  readonly file: string | undefined;
  /** Undefined where the damage is outside of records. */
  readonly position: RecordPosition | undefined;
  /** What to do about it, where the log can tell. */
  readonly advice: string | undefined;

  constructor(what: string, where: DamagePlace, options?: ErrorOptions) {
    const at = [
      ...(where.position === undefined ? [] : [`at ${showPosition(where.position)}`]),
      ...(where.file === undefined ? [] : [`in ${where.file}`]),
    ];
    const advice = where.advice === undefined ? '' : `; ${where.advice}`;
    super([`the log is damaged: ${what}`, ...at].join(' ') + advice, options);
    this.file = where.file;
    this.position = where.position;
    this.advice = where.advice;
  }
}

/** Where a log is damaged, as far as it is known, and what to do about it. */
export interface DamagePlace {
  readonly file?: string;
  readonly position?: RecordPosition;
  readonly advice?: string;
}

/** A read position outside of what the log still has. */
export class PositionOutOfRangeError extends StreamsError {
  override readonly name = 'PositionOutOfRangeError';
  readonly code = 'POSITION_OUT_OF_RANGE';
  readonly retriable = false;
  readonly position: RecordPosition;
  readonly startOffset: number;
  readonly endOffset: number;

  constructor(position: RecordPosition, range: { startOffset: number; endOffset: number }) {
    super(
      `${showPosition(position)} is outside of the log, ` +
        `which has [${range.startOffset}, ${range.endOffset})`,
    );
    this.position = position;
    this.startOffset = range.startOffset;
    this.endOffset = range.endOffset;
  }
}

/** Another producer of the same transactional id, or member of the same instance id, took over. */
export class FencedError extends StreamsError {
  override readonly name = 'FencedError';
  readonly code = 'FENCED';
  readonly retriable = false;
  /** Undefined when it is a group's member that was fenced. */
  readonly transactionalId: string | undefined;
  /** Undefined when it is a producer that was fenced. */
  readonly instanceId: string | undefined;

  constructor(id: string | { readonly instanceId: string }, options?: ErrorOptions) {
    super(
      typeof id === 'string'
        ? `a newer producer has taken over the transactional id ${id}`
        : `a newer member has taken over the instance id ${id.instanceId}`,
      options,
    );
    this.transactionalId = typeof id === 'string' ? id : undefined;
    this.instanceId = typeof id === 'string' ? undefined : id.instanceId;
  }
}

/** The group counts this member no more: it was silent for too long, or is of an old generation. */
export class NotAMemberError extends StreamsError {
  override readonly name = 'NotAMemberError';
  readonly code = 'NOT_A_MEMBER';
  readonly retriable = true;
  readonly groupId: string;

  constructor(groupId: string, why: string, options?: ErrorOptions) {
    super(`not a member of group ${groupId} any more: ${why}`, options);
    this.groupId = groupId;
  }
}

/** The transaction ended without a trace: nothing of it is in the log. */
export class TransactionAbortedError extends StreamsError {
  override readonly name = 'TransactionAbortedError';
  readonly code = 'TRANSACTION_ABORTED';
  readonly retriable = true;

  constructor(why: string, options?: ErrorOptions) {
    super(`the transaction was aborted: ${why}`, options);
  }
}

/** The log did not say whether the transaction committed. Read back before trying again. */
export class TransactionInDoubtError extends StreamsError {
  override readonly name = 'TransactionInDoubtError';
  readonly code = 'TRANSACTION_IN_DOUBT';
  readonly retriable = false;

  constructor(options?: ErrorOptions) {
    super('the log did not say whether the transaction committed', options);
  }
}
