import type { Transferable } from 'node:worker_threads';
import type { BatchBuilder } from '../log/batch-builder.ts';
import type { TopicPartition } from '../record/topic-partition.ts';
import type { PlacedContents } from './messages.ts';
import { memoryOf, movable } from './movable.ts';
import { plainPlace } from './plain.ts';

/** What a builder held, ready to be sent: the builder is empty from here on. */
export function takeContents(place: TopicPartition, builder: BatchBuilder): TakenContents {
  const contents = builder.moveOut();
  const bytes = movable(contents.bytes);
  return {
    batch: { place: plainPlace(place), contents: { ...contents, bytes } },
    transfer: memoryOf([bytes]),
  };
}

interface TakenContents {
  readonly batch: PlacedContents;
  readonly transfer: readonly Transferable[];
}
