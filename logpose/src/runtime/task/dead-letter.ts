import type { StreamsError } from '../../errors/streams-error.ts';
import { noHeaders } from '../../record/headers.ts';
import type { RawRecord, RecordInHand } from './record-in-hand.ts';

/**
 * The dead letter of a failure: the source record as it was in the log, and behind its own headers
 * those of KIP-1034. In a punctuator, and for updates that a commit sends on, there is no source
 * record: then key and value are null and the place is left out.
 */
export function deadLetterOf(error: StreamsError, hand: RecordInHand): RawRecord {
  const { source } = hand;
  const record = source?.raw() ?? {
    key: null,
    value: null,
    timestamp: hand.timestamp,
    headers: noHeaders,
  };
  const cause = error.cause instanceof Error ? error.cause : error;
  let headers = record.headers
    .with('__streams.errors.exception', cause.name)
    .with('__streams.errors.message', cause.message)
    .with('__streams.errors.stacktrace', cause.stack ?? '');
  if (source !== undefined) {
    const { topic, partition, offset } = source.position();
    headers = headers
      .with('__streams.errors.topic', topic)
      .with('__streams.errors.partition', String(partition))
      .with('__streams.errors.offset', String(offset));
  }
  return { ...record, headers };
}
