// The application of 08-worker-threads.ts: each worker thread evaluates this file. Counts words by
// their length, one count per length.
import { defineApp, int32, StreamsBuilder, topic, utf8 } from 'logpose';

export const lines = topic('lines', { key: utf8, value: utf8 });

const builder = new StreamsBuilder();
export const perLength = builder
  .stream(lines)
  .flatMapValues((line) => line.split(/\W+/).filter((word) => word !== ''))
  .groupBy((word) => word.length, { name: 'by-length', key: int32, value: utf8 })
  .count({ name: 'per-length' });

export default defineApp({ topology: builder.build() });
