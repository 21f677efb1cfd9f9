import type { RecordPosition } from '../errors/record-position.ts';
import type { GroupOffsets } from '../log/log-port.ts';
import type { TopicPartition } from '../record/topic-partition.ts';

// What a caller passes may be more than it must be, a queue for example, and not fit to be cloned.

export function plainPlace({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition };
}

export function plainPosition({ topic, partition, offset }: RecordPosition): RecordPosition {
  return { topic, partition, offset };
}

export function plainOffsets({ groupId, member, offsets }: GroupOffsets): GroupOffsets {
  return {
    groupId,
    ...(member && { member: { ...member } }),
    offsets: offsets.map((committed) => ({
      ...plainPosition(committed),
      metadata: committed.metadata,
    })),
  };
}
