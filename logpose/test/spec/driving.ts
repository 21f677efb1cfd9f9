import { type InputTopic, int64, nullable, StreamsBuilder, topic, utf8 } from 'logpose';
import { TestDriver, type TestDriverOptions } from 'logpose/testing';

/** Text by text, as most specifications have it. */
export const words = topic('words', { key: utf8, value: utf8 });
/** The same where a key or a value may be null. */
export const loose = topic('loose', { key: nullable(utf8), value: nullable(utf8) });
export const out = topic('out', { key: nullable(utf8), value: nullable(utf8) });
export const numbers = topic('numbers', { key: nullable(utf8), value: nullable(int64) });

/** A driver of what is built; tables send each change on at once unless told otherwise. */
export function driving(
  build: (builder: StreamsBuilder) => void,
  options: TestDriverOptions = {},
): TestDriver {
  const builder = new StreamsBuilder();
  build(builder);
  return new TestDriver(builder.build(), { emit: 'each-change', ...options });
}

/** What was written to a topic since the last look: `key: value @time` for each record. */
export function written<K, V>(driver: TestDriver, to: InputTopic<K, V>): readonly string[] {
  return driver
    .readRecords(to)
    .map(({ key, value, timestamp }) => `${shown(key)}: ${shown(value)} @${timestamp}`);
}

/** How many records were left out, by reason. */
export function dropped(driver: TestDriver): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name, tags, value } of driver.metrics()) {
    if (name !== 'dropped-records') continue;
    const reason = tags['reason'] ?? '';
    counts[reason] = (counts[reason] ?? 0) + value;
  }
  return counts;
}

function shown(part: unknown): string {
  return typeof part === 'object' ? JSON.stringify(part) : String(part);
}
