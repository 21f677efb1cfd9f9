/** Every failure a user can meet. Closed, so `switch (error.code)` can be checked. */
export type ErrorCode =
  | 'CONFIG_INVALID'
  | 'TOPOLOGY_INVALID'
  | 'TOPOLOGY_CHANGED'
  | 'DECODE_FAILED'
  | 'NULL_NOT_ALLOWED'
  | 'ENCODE_FAILED'
  | 'PROCESS_FAILED'
  | 'STATE_MUTATED'
  | 'PRODUCE_FAILED'
  | 'STORE_UNAVAILABLE'
  | 'STORE_DAMAGED'
  | 'TRANSACTION_ABORTED'
  | 'TRANSACTION_IN_DOUBT'
  | 'FENCED'
  | 'NOT_A_MEMBER'
  | 'LOG_UNAVAILABLE'
  | 'LOG_DAMAGED'
  | 'POSITION_OUT_OF_RANGE'
  | 'WORKER_FAILED';

/** The world's mistakes, as opposed to ours (`InvariantError`). */
export abstract class StreamsError extends Error {
  abstract readonly code: ErrorCode;
  /** True when trying the same again, unchanged, may succeed. */
  abstract readonly retriable: boolean;
}
