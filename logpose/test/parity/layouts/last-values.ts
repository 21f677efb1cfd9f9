import type { Case, OutputRecord } from '../case.ts';
import { recordedStoreRows } from './kept-rows.ts';
import type { Row } from './row.ts';

/** What a key holds in the end, by topic and key as text. What was deleted is not there. */
export type LastValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The last row of each key. */
export function lastValues(rows: Iterable<Row>): LastValues {
  const topics: Record<string, Record<string, unknown>> = {};
  for (const { topic, key, value, ts } of rows) {
    if (key === null || key === undefined) continue;
    const values = topics[topic] ?? {};
    topics[topic] = values;
    const text = typeof key === 'string' ? key : JSON.stringify(key);
    if (value === null) delete values[text];
    else values[text] = { value, ts };
  }
  return Object.fromEntries(
    Object.entries(topics).filter(([, values]) => Object.keys(values).length > 0),
  );
}

/** What Kafka Streams left in its stores, in the topics that a program writes, in changelogs. */
export function recordedRows(test: Case): readonly Row[] {
  const { expected } = test;
  const output = (expected.output ?? []).map(outputRow);
  const changelogs = Object.entries(expected.internal ?? {}).filter(([topic]) =>
    topic.endsWith('-changelog'),
  );
  const changes = changelogs.flatMap(([topic, rows]) =>
    rows.map(([, key, value, ts]) => ({ topic, key, value, ts })),
  );
  return [...output, ...changes, ...recordedStoreRows(test)];
}

/** A record of an output topic. */
export function outputRow(record: Omit<OutputRecord, 'step'> & { readonly keyHex?: unknown }): Row {
  const { topic, key, keyHex, value, ts } = record;
  return { topic, key: key === undefined ? keyHex : key, value, ts };
}
