import type { DecodeError, ProcessError, ProduceError } from '../errors/record-errors.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import type { OutputTopic } from '../record/topic.ts';

/**
 * What to do about a failed record. A dead letter is the source record's bytes and, in its headers
 * (`__streams.errors.…`, KIP-1034), what happened and where.
 */
export type FailureDecision =
  | 'fail'
  | 'continue'
  | { readonly deadLetter: OutputTopic<Uint8Array | null, Uint8Array | null> };

/** Decides about a record whose bytes a serde refused. Synchronous. */
export type DecodePolicy = (
  error: DecodeError,
  record: StreamRecord<Uint8Array | null, Uint8Array | null>,
) => FailureDecision;

/**
 * Decides about a record on which user code threw; undefined in a punctuator. Synchronous. After
 * `'continue'` what the record had already forwarded or stored stays.
 */
export type ProcessPolicy = (
  error: ProcessError,
  record: StreamRecord<unknown, unknown> | undefined,
) => FailureDecision;

/** Decides about a record that cannot be written. Synchronous. */
export type ProducePolicy = (
  error: ProduceError,
  record: StreamRecord<unknown, unknown>,
) => FailureDecision;

/** What an application does about failed records. Each defaults to `'fail'`. */
export interface FailurePolicies {
  readonly onDecodeError?: DecodePolicy;
  readonly onProcessError?: ProcessPolicy;
  readonly onProduceError?: ProducePolicy;
}
