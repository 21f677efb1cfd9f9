import { InvariantError } from '../../base/assert.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { ProduceError } from '../../errors/record-errors.ts';
import { StreamsError } from '../../errors/streams-error.ts';
import type { EncodedRecord } from '../../log/batch-builder.ts';
import { noHeaders } from '../../record/headers.ts';
import type { TopicPartition } from '../../record/topic-partition.ts';
import type { ChangeSink } from '../../store/levels.ts';
import { topicNotKnown } from './failures.ts';
import type { TaskOutput } from './output.ts';
import type { TaskStore } from './task-parts.ts';

/**
 * Closes a store's generation and writes its changed rows to the changelog, each once.
 *
 * Which record a value came from is not known any more when it cannot be encoded: the error is
 * retriable at first, and when the records are processed again the store refuses the value where it
 * is written, so that the process policy decides about that record.
 *
 * @throws {ProduceError} When a value cannot be encoded, or there is no such topic.
 */
export function sealInto({ store, changelog }: TaskStore, output: TaskOutput): void {
  const sink = changelog === undefined ? nowhere : into(changelog, output);
  try {
    store.seal(sink);
  } catch (cause) {
    if (cause instanceof StreamsError || cause instanceof InvariantError) throw cause;
    const { name } = store.definition;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const why = new TypeError(`store ${name} has a value without bytes: ${reason}`, { cause });
    const retriable = !store.checkWrites();
    throw new ProduceError(changelog?.topic ?? name, { code: 'ENCODE_FAILED', retriable }, why);
  }
}

const nowhere: ChangeSink = () => undefined;

function into({ topic: name, partition }: TopicPartition, output: TaskOutput): ChangeSink {
  const topic = output.topic(name);
  if (topic === undefined) throw topicNotKnown(name);
  const encoded = emptyRecord();
  return (key, value, timestamp) => {
    fill(encoded, key, value);
    encoded.timestamp = timestamp;
    topic.add(partition, encoded);
  };
}

function fill(encoded: EncodedRecord, key: ByteWriter, value: ByteWriter | null): void {
  encoded.keyBytes = key.buffer;
  encoded.keyLength = key.length;
  encoded.valueLength = -1;
  if (value === null) return;
  encoded.valueBytes = value.buffer;
  encoded.valueLength = value.length;
}

function emptyRecord(): EncodedRecord {
  const nothing = new Uint8Array(0);
  return {
    keyBytes: nothing,
    keyStart: 0,
    keyLength: -1,
    valueBytes: nothing,
    valueStart: 0,
    valueLength: -1,
    timestamp: 0,
    headers: noHeaders,
  };
}
