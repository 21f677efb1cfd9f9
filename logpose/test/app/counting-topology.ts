import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { topic } from '../../src/record/topic.ts';
import { int64, utf8 } from '../../src/serde/primitives.ts';
import type { Topology } from '../../src/topology/topology.ts';

export const words = topic('words', { key: utf8, value: int64 });
export const counts = topic('counts', { key: utf8, value: int64 });

/** words → by-word → counts: two subtopologies, one store. */
export function countingTopology(): Topology {
  return counting().topology;
}

/** The same, and the table to read. */
export function counting() {
  const builder = new StreamsBuilder();
  const table = builder
    .stream(words)
    .groupBy((_value, word) => word, { name: 'by-word', key: utf8, value: int64 })
    .count({ name: 'word-counts' });
  table.toStream().to(counts);
  return { topology: builder.build(), table };
}
