import type { RecordCallback, StreamRecord } from '../record/stream-record.ts';
import type { ProcessorFactory } from '../topology/processor.ts';

/** Shows each record to `action` and passes it on. */
export function peek<K, V>(action: RecordCallback<K, V, unknown>): ProcessorFactory<K, V, K, V> {
  return (_context, forward) => (record) => {
    action(record.value, record.key, record);
    forward(record);
  };
}

/** Shows each record to `action`; the chain ends here. */
export function forEach<K, V>(action: RecordCallback<K, V, unknown>): ProcessorFactory<K, V, K, V> {
  return () => (record) => {
    action(record.value, record.key, record);
  };
}

/** Passes each record on as it is: where streams meet or part. */
export function passThrough<K, V>(): ProcessorFactory<K, V, K, V> {
  return (_context, forward) => (record) => forward(record);
}

/** A record as one line, for people. */
export function asLine(label: string, { key, value }: StreamRecord<unknown, unknown>): string {
  return `[${label}]: ${asText(key)}, ${asText(value)}`;
}

function asText(part: unknown): string {
  if (typeof part === 'string') return part;
  return typeof part === 'object' && part !== null ? JSON.stringify(part) : String(part);
}
